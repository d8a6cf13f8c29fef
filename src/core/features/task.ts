/**
 * Classifies the request of a prompt by rules on its opening and its shape; the first match wins, and the most specific
 * rule comes first. Rules take microseconds, can be read, and yield the coarse class that the log may keep.
 */
import type { Surface, TaskType } from '../decision.ts';

const RULES: readonly (readonly [TaskType, RegExp])[] = [
  ['tool', /\bavailable (functions|tools)\b|"(function|tool)s?"\s*:|\bcall the (function|tool)\b|<tool/i],
  [
    'test',
    /\b(unit|integration|e2e|failing|regression)?[ -]?tests?\b.{0,40}\b(for|cover|case|suite)|\b(write|add|generate|create)\b.{0,40}\btests?\b|^\/tests?\b/i,
  ],
  [
    'document',
    /\b(docstring|jsdoc|javadoc|doc comment|readme|changelog)\b|\b(document|comment)\b (this|the|it|each|every|my)|^\/docs?\b/i,
  ],
  ['review', /\b(review|critique|audit|code smell|any (bugs|issues|problems) (in|with))\b/i],
  [
    'refactor',
    /\b(refactor|rewrite|rename|simplif|clean ?up|restructure|optimi[sz]e|convert|migrate|port)\w*\b/i,
  ],
  [
    'fix',
    /\b(fix|bug|error|exception|traceback|stack ?trace|crash\w*|fails?|failing|broken|doesn'?t work|not working|incorrect\w*|unexpected|regression)\b|^\/fix\b|\b(corrig|behebe|repar|ошибк|исправ|修复|错误|バグ)/i,
  ],
  [
    'explain',
    /\b(explain|what does|what is|how does|why (does|is|do|are)|describe|understand|walk me through|summari[sz]e)\b|^\/explain\b|\b(erklär|expliqu|explica|объясн|解释|説明)/i,
  ],
  [
    'math',
    /\$[^$]{1,200}\$|\\(frac|sum|int|sqrt|begin)\b|\b(how (many|much|far|long|old)|calculate|compute|solve|prove|integral|probability|percent\w*|total (cost|number|of))\b/i,
  ],
  [
    'write',
    /\b(write|implement|create|generate|build|add|make|develop|code|program|design)\b.{0,80}|\bdef \w+\(|^[ \t]*(function|class|fn|func)\b|\b(schreibe|écri[st]|escrib|напиши|写一个|書いて)/i,
  ],
  ['question', /\?|\b(which|who|when|where|what|true or false)\b|^[ \t]*[A-D][.:)]\s/im],
];

/** Number of characters searched at each end: an instruction precedes or follows its code. */
const OPENING = 600;
const ENDING = 300;

export function taskOf(text: string, surface: Surface): TaskType {
  if (surface === 'inline') return 'complete';
  const window = text.length <= OPENING + ENDING ? text : `${text.slice(0, OPENING)}\n${text.slice(-ENDING)}`;
  return RULES.find(([, pattern]) => pattern.test(window))?.[0] ?? 'chat';
}
