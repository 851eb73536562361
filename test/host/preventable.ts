/** An event whose default a listener may prevent. */
export type Preventable<T extends object> = T & { defaultPrevented: boolean; preventDefault(): void }

export function preventable<T extends object>(facts: T): Preventable<T> {
  return {
    ...facts,
    defaultPrevented: false,
    preventDefault(this: { defaultPrevented: boolean }) {
      this.defaultPrevented = true
    },
  }
}
