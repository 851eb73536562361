/**
 * Where stored secrets live: one interface, so that nothing else knows about keychains. Every method rejects with a
 * LazuliError (`code: 'keychain_unavailable' | 'keychain_locked'`) that says the reason and the way out.
 */
export interface Secrets {
  /** Undefined when there is no such entry. */
  get(ref: string): Promise<string | undefined>
  set(ref: string, value: string): Promise<void>
  remove(ref: string): Promise<void>
}
