/** The topic of a prompt, as far as the simulation needs it: language, task, and names in it. */
import type { TaskType } from '../../../src/core/decision.ts';

export interface Subject {
  readonly language: string;
  readonly task: TaskType;
  /** A name from the prompt, for generated code. */
  readonly name: string;
  /** The code that came with the prompt, or ''. */
  readonly code: string;
  readonly question: string;
}

const fence = /```([\w+#-]*)[^\n]*\n([\s\S]*?)```/;

const languages: readonly (readonly [string, RegExp])[] = [
  ['typescript', /\btypescript\b|\btsx?\b/i],
  ['javascript', /\bjavascript\b|\bnode(\.js)?\b|\bjsx?\b/i],
  ['python', /\bpython\b|\bpandas\b|\bdef \w+\(/i],
  ['rust', /\brust\b|\bcargo\b|\bfn \w+\(/i],
  ['go', /\bgolang\b|\bgo (code|function|program|test)\b|\bfunc \w+\(/i],
  ['sql', /\bsql\b|\bselect\b.+\bfrom\b/i],
  ['css', /\bcss\b|\bstylesheet\b/i],
  ['shellscript', /\bbash\b|\bshell\b/i],
];

const fenceNames: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  py: 'python',
  rs: 'rust',
  sh: 'shellscript',
  bash: 'shellscript',
};

const tasks: readonly (readonly [TaskType, RegExp])[] = [
  ['test', /\btests?\b/i],
  ['document', /\bdocstring|\bdocument\b|\bcomments?\b|\breadme\b/i],
  ['review', /\breview\b|\baudit\b/i],
  ['refactor', /\brefactor|\brewrite\b|\bsimplif|\bclean ?up\b|\boptimi[sz]e/i],
  ['fix', /\bfix\b|\bbug\b|\berror\b|\bexception\b|\bfail|\bcrash|\bwrong\b/i],
  ['explain', /\bexplain\b|\bwhat (does|is)\b|\bhow does\b|\bwhy\b|\bdescribe\b/i],
  ['math', /\bhow (many|much)\b|\bcalculate\b|\bprove\b|\bprobability\b|\bsolve\b/i],
  ['write', /\bwrite\b|\bimplement\b|\bcreate\b|\bgenerate\b|\badd\b|\bmake\b/i],
  ['question', /\?/],
];

const commonWords =
  /^(a|an|the|this|that|for|with|and|what|does|how|why|is|are|to|in|of|it|me|my|function|write|explain|fix|please|test|tests|code|file|class|method|add|use|using|bug|error)$/i;

export function subjectOf(prompt: string): Subject {
  const [, tag = '', code = ''] = fence.exec(prompt) ?? [];
  const question = prompt.replace(new RegExp(fence.source, 'g'), ' ').trim();
  const tagged = fenceNames[tag.toLowerCase()] ?? tag.toLowerCase();
  const language = tagged || (languages.find(([, pattern]) => pattern.test(prompt))?.[0] ?? 'typescript');
  const task = tasks.find(([, pattern]) => pattern.test(question))?.[0] ?? 'chat';
  return { language, task, name: nameIn(question, code), code, question };
}

/** A name that looks like code, else a declared one, else the first significant words. */
function nameIn(question: string, code: string): string {
  const quoted = /`([A-Za-z_]\w*)/.exec(question)?.[1] ?? /\b([a-z]+(?:[A-Z]\w+|_\w+))\b/.exec(question)?.[1];
  const declared = /\b(?:function|def|fn|func|class|const|let)\s+([A-Za-z_]\w*)/.exec(code)?.[1];
  if (quoted ?? declared) return quoted ?? declared ?? '';
  const words = (question.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !commonWords.test(word)).slice(0, 3);
  const [first = 'example', ...rest] = words.map((word) => word.toLowerCase());
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
