/**
 * A module of Electron of which only a part is there: whoever uses the rest hears its name instead of a silent
 * undefined.
 */
export function partOf<T extends object>(name: string, implemented: T): T {
  return new Proxy(implemented, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || key === 'then' || key === 'toJSON') {
        return Reflect.get(target, key, receiver) as unknown
      }
      throw new Error(`test host: ${name}.${key} is not implemented`)
    },
  })
}
