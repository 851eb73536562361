/** A call's input as it is read best: indented when it is whole JSON, as it stands when it is free text or half of it. */
export function prettyInput(input: string): string {
  const first = input.trimStart()[0]
  if (first !== '{' && first !== '[') return input
  try {
    return JSON.stringify(JSON.parse(input), undefined, 2)
  } catch {
    return input
  }
}
