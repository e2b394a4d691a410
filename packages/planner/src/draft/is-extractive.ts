/** Models of the provider `offline` quote what they are shown; none of them can write a plan, or judge one. */
export function isExtractive(ref: string): boolean {
  return ref.startsWith('offline/');
}
