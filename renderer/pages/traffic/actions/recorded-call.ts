import { asCurl } from '../../../../shared/code/as-curl.ts'
import { asPython } from '../../../../shared/code/as-python.ts'
import { asTypeScript } from '../../../../shared/code/as-typescript.ts'
import type { CodeCall } from '../../../../shared/code/call.ts'
import type { AppInfo } from '../../../../shared/contract.ts'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import { parseObject } from '../read-json.ts'

export type CodeKind = 'cURL' | 'TypeScript' | 'Python'

/** A recorded request as code, or why there is none. The key is a variable in it. */
export function recordedCode(
  detail: ExchangeDetail,
  { baseUrl, auth }: Pick<AppInfo, 'baseUrl' | 'auth'>,
  kind: CodeKind,
): { code: string } | { problem: string } {
  const { summary, requestBody } = detail
  if (requestBody.truncated) return { problem: 'Its body is not recorded whole, so there is no code for it.' }
  const body = parseObject(requestBody.text)
  if (summary.clientDialect === undefined || body === undefined) {
    return { problem: 'Code is made of requests to Chat Completions, Responses and Messages.' }
  }
  // Azure's paths name the model in place of the body.
  const model = summary.askedModel === undefined || 'model' in body ? {} : { model: summary.askedModel }
  return { code: codeOf(kind, { baseUrl, auth, dialect: summary.clientDialect, body: { ...model, ...body } }) }
}

function codeOf(kind: CodeKind, call: CodeCall): string {
  switch (kind) {
    case 'cURL':
      return asCurl(call)
    case 'TypeScript':
      return asTypeScript(call)
    case 'Python':
      return asPython(call)
  }
}
