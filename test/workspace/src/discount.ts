const regulars = new Set(['Ada', 'Grace', 'Edsger']);

/** Regulars get a tenth off from twenty euros on. Cents in, cents out. */
export function discountFor(customer: string, total: number): number {
  if (!regulars.has(customer) || total < 2000) return 0;
  return Math.round(total / 10);
}

export function add(a: number, b: number): number {
  
}

export function isEven(value: number): boolean {
  
}
