/** Texts that slow down a pattern's matcher, generated from the pattern itself. */
import type { AST } from '@eslint-community/regexpp';
import { acceptor, isSingle } from './backtracking.ts';
import type { Single } from './backtracking.ts';

/** The least number of repetitions for an attack; fewer are a constant. */
const MANY = 12;
const MAX_ALPHABET = 12;
/** Characters that no pattern expects after what it repeats, all together. */
const TAILS = ['', '\u0001', '\n\u0001'];

/** Whether a pattern can repeat something often enough that its work could grow faster than its text. */
export const repeats = (literal: AST.RegExpLiteral): boolean => quantifiersOf(literal).length > 0;

/** Each of about `length` characters. */
export function* attacks(literal: AST.RegExpLiteral, length: number): Generator<string> {
  const fill = (unit: string): string => unit.repeat(Math.ceil(length / Math.max(1, unit.length)));
  const units = new Set<string>();
  const whole = literal.pattern.alternatives.map((each) => shortest(each.elements, literal.flags));
  for (const text of whole) for (const unit of [text, text.slice(0, -1), text.slice(1)]) units.add(unit);
  const alphabet = alphabetOf(literal);
  for (const char of alphabet) units.add(char);
  for (const first of alphabet.slice(0, 6))
    for (const second of alphabet.slice(0, 6)) units.add(first + second);
  for (const quantifier of quantifiersOf(literal)) {
    const before = pathTo(quantifier, literal.flags);
    for (const pump of pumpsOf(quantifier, alphabet, literal.flags)) {
      units.add(before);
      units.add(before + pump);
      units.add(before + pump.repeat(20));
      for (const tail of TAILS) yield before + fill(pump) + tail;
      yield `${fill(pump).slice(0, length / 2)}${before}${fill(pump).slice(0, length / 2)}\u0001`;
    }
  }
  for (const unit of units) {
    if (unit === '') continue;
    yield `${fill(unit)}\u0001`;
    yield `${whole[0] ?? ''}${fill(unit)}\u0001`;
  }
  for (const first of alphabet.slice(0, 6))
    for (const second of alphabet.slice(0, 6))
      yield fill(first).slice(0, length / 2) + fill(second).slice(0, length / 2) + '\u0001';
}

function quantifiersOf({ pattern }: AST.RegExpLiteral): AST.Quantifier[] {
  const found: AST.Quantifier[] = [];
  const visit = (node: AST.Node): void => {
    if (node.type === 'Quantifier') {
      if (node.max - node.min >= MANY) found.push(node);
      visit(node.element);
    } else if ('alternatives' in node) {
      for (const each of node.alternatives) if (each.type === 'Alternative') each.elements.forEach(visit);
    }
  };
  visit(pattern);
  return found;
}

/** The text before a quantifier. */
function pathTo(quantifier: AST.Quantifier, flags: AST.Flags): string {
  let before = '';
  let node: AST.Node = quantifier;
  for (let { parent } = node as AST.Quantifier | AST.Node; parent; node = parent, { parent } = node) {
    if (parent.type !== 'Alternative') continue;
    const at = parent.elements.indexOf(node as AST.Element);
    before = shortest(parent.elements.slice(0, at), flags) + before;
  }
  return before;
}

function pumpsOf({ element }: AST.Quantifier, alphabet: readonly string[], flags: AST.Flags): string[] {
  if (isSingle(element)) return alphabet.filter(acceptor(element, flags)).slice(0, 7);
  const own = 'alternatives' in element ? element.alternatives : [];
  return [
    ...new Set(own.flatMap((each) => ('elements' in each ? [shortest(each.elements, flags)] : []))),
  ].filter((pump) => pump !== '');
}

/** A shortest text that matches these elements, lookarounds aside. */
function shortest(elements: readonly AST.Element[], flags: AST.Flags): string {
  return elements.map((element) => shortestOf(element, flags)).join('');
}

function shortestOf(element: AST.Element, flags: AST.Flags): string {
  switch (element.type) {
    case 'Quantifier':
      return shortestOf(element.element, flags).repeat(element.min);
    case 'Group':
    case 'CapturingGroup': {
      const all = element.alternatives.map((each) => shortest(each.elements, flags));
      return all.sort((a, b) => a.length - b.length)[0] ?? '';
    }
    case 'Assertion':
    case 'Backreference':
      return '';
    default:
      return CHARS.find(acceptor(element, flags)) ?? '';
  }
}

/** Representatives of the kinds of characters in a class. */
const COMMON = [
  'a',
  '1',
  ' ',
  '\t',
  '\n',
  '\r',
  '_',
  '-',
  '.',
  '/',
  '"',
  "'",
  '`',
  '<',
  '>',
  '(',
  ')',
  '{',
  '*',
  '$',
];
const CHARS = [
  ...COMMON,
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
  '\ufffd',
  '\u0000',
  '\u00e9',
  '\u4e2d',
  '\ud800',
  '\udc00',
  '\uff5c',
  '\u201c',
  '\ufeff',
];

/** The pattern's own characters first, then one for each kind in its classes. */
function alphabetOf({ pattern, flags }: AST.RegExpLiteral): string[] {
  const found = new Set<string>();
  const classes: Single[] = [];
  const visit = (node: AST.Node): void => {
    if (node.type === 'Quantifier') visit(node.element);
    else if (node.type === 'Character') found.add(String.fromCodePoint(node.value));
    else if ('alternatives' in node) {
      for (const each of node.alternatives) if (each.type === 'Alternative') each.elements.forEach(visit);
    } else if (isSingle(node as AST.Element)) classes.push(node as Single);
  };
  visit(pattern);
  const own = new Set<string>();
  for (const each of classes)
    for (const char of COMMON.filter(acceptor(each, flags)).slice(0, 5)) own.add(char);
  return [...new Set([...own, ...found])].slice(0, MAX_ALPHABET);
}
