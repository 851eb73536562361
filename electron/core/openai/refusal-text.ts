/** Why a model refused, where Anthropic says it (`stop_details.explanation`). */
export function refusalText(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null || !('explanation' in detail)) return undefined
  return typeof detail.explanation === 'string' && detail.explanation !== '' ? detail.explanation : undefined
}
