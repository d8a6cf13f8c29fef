/** Encodes numbers for `float32FromBase64` of src/core/base64.ts. */
import { toBase64 } from '../../src/core/base64.ts';

export function float32ToBase64(values: ArrayLike<number>): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i] ?? 0, true);
  return toBase64(new Uint8Array(view.buffer));
}
