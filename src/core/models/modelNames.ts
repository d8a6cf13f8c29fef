/**
 * Splits model names as providers write them ("openrouter/anthropic/claude-3-5-sonnet:beta", "qwen2.5-coder:7b",
 * "gpt-5.2-2026-01-15") into family, generation, tier, size and variant, and matches them to the closest known model.
 * Names are matched by their parts because a list of aliases would be out of date every week.
 */

export interface ModelName {
  /** 'gpt', 'claude', 'llama', ...; '' = unknown family. */
  readonly family: string;
  /** 3.5, 4.1, ..., without dates; undefined = the name has none. */
  readonly generation: number | undefined;
  /** 'mini', 'haiku', 'large', ... in the order of the name. */
  readonly tiers: readonly string[];
  /** Billions of parameters (of all experts of a mixture); undefined = the name does not state them. */
  readonly size: number | undefined;
  /** 'coder', 'thinking', 'vision', ...: the kind of tuning. */
  readonly variants: readonly string[];
  /** Digits of a release date or build number; '' = none. */
  readonly date: string;
  /** The remaining words: 'preview', 'exp', 'terminus', ... */
  readonly rest: readonly string[];
}

/** The first match wins, so narrower names precede the families that contain them. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['wizard', /wizard(lm|coder|math)?|(^|-)wcoder/],
  ['codellama', /code-?llama|phind|(^|-)cllama/],
  ['nemotron', /nemotron/],
  ['hermes', /hermes/],
  ['tulu', /tulu/],
  ['vicuna', /vicuna/],
  ['alpaca', /alpaca/],
  ['guanaco', /guanaco/],
  ['openchat', /openchat/],
  ['starling', /starling/],
  ['zephyr', /zephyr/],
  ['dolphin', /dolphin/],
  ['magicoder', /magicoder/],
  ['deepseek', /deepseek|(^|-)(ds-?coder|oc-ds)/],
  ['codeqwen', /code-?qwen/],
  ['qwq', /qwq|qvq/],
  ['qwen', /qwen|tongyi/],
  ['codestral', /codestral/],
  ['devstral', /devstral/],
  ['magistral', /magistral/],
  ['ministral', /ministral/],
  ['pixtral', /pixtral/],
  ['mixtral', /mixtral/],
  ['mistral', /mistral/],
  ['codegemma', /code-?gemma/],
  ['gemma', /gemma/],
  ['gemini', /gemini|(^|-)bard/],
  ['palm', /palm|bison/],
  ['claude', /claude|(^|-)(sonnet|opus|haiku)(-|$)/],
  ['gpt-oss', /gpt-?oss/],
  ['gpt', /chatgpt|gpt|davinci/],
  ['o-series', /(^|-)o[1-9](-|$)/],
  ['codex', /codex/],
  ['llama', /llama/],
  ['grok', /grok/],
  ['command', /command|(^|-)c4ai|aya/],
  ['phi', /(^|-)phi(-|\d|$)/],
  ['yi', /(^|-)yi(-|\d|$)/],
  ['kimi', /kimi|moonshot/],
  ['glm', /glm/],
  ['minimax', /minimax|abab/],
  ['nova', /(^|[-.])nova(-|$)/],
  ['granite', /granite/],
  ['dbrx', /dbrx/],
  ['falcon', /falcon/],
  ['arctic', /arctic/],
  ['jamba', /jamba/],
  ['starcoder', /star-?coder|stable-?code/],
  ['smollm', /smollm/],
  ['olmo', /olmo/],
  ['internlm', /internlm/],
  ['baichuan', /baichuan/],
  ['solar', /solar/],
  ['reka', /reka/],
  ['ernie', /ernie/],
  ['hunyuan', /hunyuan/],
  ['doubao', /doubao|seed/],
  ['sonar', /sonar/],
  ['mimo', /mimo/],
  ['step', /(^|-)step-/],
];

const TIERS = [
  'nano',
  'air',
  'mini',
  'micro',
  'tiny',
  'lite',
  'flash',
  'fast',
  'haiku',
  'small',
  'medium',
  'sonnet',
  'turbo',
  'plus',
  'large',
  'pro',
  'opus',
  'premier',
  'max',
  'ultra',
  'super',
  'instant',
  'scout',
  'maverick',
  'lightning',
] as const;

const VARIANTS: readonly (readonly [string, RegExp])[] = [
  ['coder', /coder|code(?!x)|codex|fim/],
  ['thinking', /thinking|reason|(^|-)(high|xhigh)(-|$)|(^|-)r1|think/],
  ['low', /(^|-)(low|minimal|non-thinking)(-|$)/],
  ['vision', /vision|(^|-)vl(-|$)|vl\d/],
  ['base', /(^|-)base(-|$)/],
  ['distill', /distill?/],
  ['omni', /\do(?=[^a-z]|$)/],
];

export function parseModelName(raw: string): ModelName {
  const path = raw.slice(0, 300).toLowerCase();
  const name = normalise(path.split('/').pop() ?? '');
  // A bare "70b-instruct" after "meta-llama/" gets its family from the path.
  const family = familyOf(name) || familyOf(normalise(path));
  const undated = name.replace(DATE, ' ');
  const bare = undated.replace(SIZE, ' ');
  const words = bare.split(/[^a-z0-9.]+/).filter((word) => word !== '');
  const tiers = TIERS.filter((tier) => words.includes(tier));
  return {
    family,
    generation: generationOf(family, bare),
    tiers,
    size: sizeOf(name),
    variants: VARIANTS.filter(([, pattern]) => pattern.test(bare)).map(([variant]) => variant),
    date: (name.match(DATE) ?? []).join('').replace(/\D/g, ''),
    rest: words.filter(
      (word) => /^[a-z]+$/.test(word) && !NOISE.has(word) && !tiers.some((tier) => tier === word),
    ),
  };
}

/** Words that do not distinguish models. */
const NOISE = new Set([
  'instruct',
  'it',
  'chat',
  'latest',
  'free',
  'online',
  'beta',
  'hf',
  'versatile',
  'instant',
  'claude',
  'gpt',
  'gemini',
  'llama',
  'meta',
  'amazon',
  'anthropic',
  'us',
  'eu',
  'models',
  'nvidia',
  'dense',
]);

/** 0 = the same model under another spelling; undefined = not comparable. A generation or tier counts about one. */
export function distance(a: ModelName, b: ModelName): number | undefined {
  if (a.family === '' || a.family !== b.family) return undefined;
  let sum = 0;
  if (a.generation !== undefined && b.generation !== undefined) {
    const gap = Math.abs(a.generation - b.generation);
    // Half a generation (3 to 3.5) is nearly as large a step as a whole one (3 to 4); 4.5 to 4.6 is a small one.
    sum += gap === 0 ? 0 : 0.15 + Math.min(2.5, gap * 1.2);
  } else if (a.generation !== b.generation) sum += 0.4;
  if (a.size !== undefined && b.size !== undefined) sum += Math.abs(Math.log2(a.size / b.size)) * 0.8;
  // A name without a size means the family's usual size, more often a small than a huge model.
  else if (a.size !== b.size) sum += 0.25 + 0.02 * Math.max(0, Math.log2(a.size ?? b.size ?? 1));
  sum += 1.2 * differences(a.tiers, b.tiers, (tier) => (LIGHT.has(tier) ? 0.25 : 0.5));
  sum += 0.6 * differences(a.variants, b.variants, () => 0.5);
  sum += 0.1 * differences(a.rest, b.rest, () => 0.5);
  if (a.date !== b.date) sum += a.date === '' || b.date === '' ? 0.03 : 0.08;
  return sum;
}

/** Tiers that describe speed rather than ability. */
const LIGHT: ReadonlySet<string> = new Set(['turbo', 'fast', 'lightning']);

export interface Match {
  readonly index: number;
  readonly distance: number;
}

/** Beyond this distance, size and price predict better than a relative's rating. */
const FAR = 2.2;

/** The closest of the known names, the first among equals; undefined = none is near. */
export function closest(name: ModelName, known: readonly ModelName[]): Match | undefined {
  let best: Match | undefined;
  known.forEach((other, index) => {
    const apart = distance(name, other);
    if (apart !== undefined && apart <= FAR && (best === undefined || apart < best.distance)) {
      best = { index, distance: apart };
    }
  });
  return best;
}

/** -2024-08-06, -20240806, -0613, -2407, -08-2024, @20240620, -04-17. */
const DATE =
  /(^|-)(20\d{2}-?\d{2}(-?\d{2})?|\d{2}-20\d{2}|(0[1-9]|1[0-2])-?([0-2]\d|3[01])|2[3-6](0[1-9]|1[0-2]))(?=-|$)/g;
/** 7b, 1.5b, 8x7b, 70b, 500m; "a3b" (active parameters) does not count. */
const SIZE = /(^|[^a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)(b|m)(?=[^a-z0-9]|$)/;
const QUANT =
  /-(q\d[a-z0-9_]*|iq\d[a-z0-9_]*|gguf|gptq|awq|exl2|mlx|fp8|fp16|bf16|int4|int8|[48]bit)(?=-|$)/g;

function normalise(name: string): string {
  return name
    .replace(/[\s:@()_,/+]+/g, '-')
    .replace(/v(\d)p(\d)/g, 'v$1.$2')
    .replace(QUANT, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
}

const familyOf = (name: string): string => FAMILIES.find(([, pattern]) => pattern.test(name))?.[0] ?? '';

function sizeOf(name: string): number | undefined {
  const match = SIZE.exec(name.replace(/-a\d+(\.\d+)?b(?=-|$)/, ''));
  if (match === null) return undefined;
  const size = Number(match[2] ?? 1) * Number(match[3]) * (match[4] === 'm' ? 0.001 : 1);
  return size > 0 && size < 10_000 ? size : undefined;
}

/** "claude-3-5-sonnet" equals "claude-3.5-sonnet"; "gpt-35-turbo" is Azure's 3.5. */
function generationOf(family: string, name: string): number | undefined {
  if (family === 'gpt' && /gpt-?35(?=-|$)/.test(name)) return 3.5;
  const match = /(?:^|[^0-9.])(\d{1,2})(?:[.-](\d{1,2}))?(?![0-9.x])/.exec(
    name.replace(/\b(n|top)=?\d+/g, ' '),
  );
  if (match === null) return undefined;
  return Number(match[2] === undefined ? match[1] : `${match[1] ?? ''}.${match[2]}`);
}

function differences(a: readonly string[], b: readonly string[], weight: (word: string) => number): number {
  const apart = [...a.filter((word) => !b.includes(word)), ...b.filter((word) => !a.includes(word))];
  return apart.reduce((sum, word) => sum + weight(word), 0);
}
