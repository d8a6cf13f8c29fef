/**
 * Names of models with reasoning efforts, from the providers' documentation of their effort fields, read in November
 * 2026. The first o1 models, chat snapshots and "pro" models accept one effort or none.
 */
const NAMES =
  /(?:^|[/:])(?:o[1-9](?!-preview|-mini-2024|-pro)|gpt-[5-9](?!.{0,40}-(?:chat|pro)\b)|gpt-oss|grok-3-mini|claude-(?:opus|sonnet|haiku)-(?:4-[5-9]|[5-9])|claude-(?:opus|sonnet|haiku)-(?:4\.[5-9])|gemini-(?:2\.5|[3-9]))/i;
const FIRST_O1 = /(?:^|[/:])o1-mini/i;

export const reasonsByName = (model: string): boolean => NAMES.test(model) && !FIRST_O1.test(model);
