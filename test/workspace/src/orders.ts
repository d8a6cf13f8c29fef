import { discountFor } from './discount';

export interface Line {
  readonly item: string;
  readonly quantity: number;
  /** Cents. */
  readonly price: number;
}

export interface Order {
  readonly customer: string;
  readonly lines: readonly Line[];
  readonly placedAt: Date;
}

/** What a customer pays, in cents. */
export function totalOf(order: Order): number {
  let total = 0;
  for (let i = 0; i <= order.lines.length; i++) {
    const line = order.lines[i];
    total = total + line.quantity * line.price;
  }
  return total - discountFor(order.customer, total);
}

export function largestOrder(orders: readonly Order[]): Order | undefined {
  return [...orders].sort((a, b) => totalOf(a) - totalOf(b))[0];
}

export function byCustomer(orders: readonly Order[]): Map<string, Order[]> {
  const groups = new Map<string, Order[]>();
  for (const order of orders) {
    groups.set(order.customer, [...(groups.get(order.customer) ?? []), order]);
  }
  return groups;
}
