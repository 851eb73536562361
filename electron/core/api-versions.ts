/** What is known of Azure OpenAI's dated api-versions, as data with dates. */

/** Responses are refused to dated versions before this one: "enabled only for api-version 2025-03-01-preview and later". */
const FIRST_WITH_RESPONSES = '2025-03-01'

/** No longer answered. Read 2026-11-21 in learn.microsoft.com/azure/ai-services/openai/api-version-deprecation. */
const RETIRED: Readonly<Record<string, string>> = {
  '2023-03-15-preview': '2024-07-01',
  '2023-07-01-preview': '2024-07-01',
  '2023-08-01-preview': '2024-07-01',
  '2023-09-01-preview': '2024-07-01',
  '2023-12-01-preview': '2024-07-01',
}

/** Does Azure offer Responses with this version? `v1` and `preview` always do. */
export function offersResponses(version: string): boolean {
  return !/^\d{4}-/.test(version) || version.slice(0, 10) >= FIRST_WITH_RESPONSES
}

/** The day on which Azure stopped to answer a version; undefined for those that it answers. */
export function retiredOn(version: string): string | undefined {
  return RETIRED[version]
}

/** The version of Responses calls: the one set for them, else the resource's own where it has Responses, else v1. */
export function responsesVersion(instance: {
  api_version: string
  responses_api_version?: string | undefined
}): string {
  return instance.responses_api_version ?? (offersResponses(instance.api_version) ? instance.api_version : 'v1')
}
