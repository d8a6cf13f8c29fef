/** Parses a number of the command line within its range; otherwise the program ends with one sentence. */
export function numberIn(name: string, given: string, least: number, most: number, whole: boolean): number {
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (least <= value && value <= most && (!whole || Number.isInteger(value))) return value;
  console.error(
    `--${name} takes a ${whole ? 'whole number' : 'number'} from ${least} to ${most}, not "${given}".`,
  );
  process.exit(2);
}

/** Parses the command line; otherwise the program ends with one sentence on the fault. */
export function readFlags<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
