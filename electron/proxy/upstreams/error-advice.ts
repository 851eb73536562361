import { otherScope } from '../identity/scope.ts'

/**
 * What Azure's errors mean and what to do about them (azure.md §2.6). Rows are data: the first that matches wins. The
 * upstream's own message reaches the client word for word; this goes into the record and the window.
 */
export interface ErrorAdvice {
  /** What it means, in one sentence. */
  cause: string
  fix: string
}

interface Row extends ErrorAdvice {
  status: readonly number[]
  /** Searched in the whole body, without regard to case. */
  text?: RegExp
}

const ROWS: readonly Row[] = [
  {
    status: [401],
    text: /audience|scope|expired|tenant|token is invalid|invalid token/i,
    cause: 'The identity token was not accepted.',
    fix: 'Sign in again (az login --tenant …), or use the other scope: https://ai.azure.com/.default or https://cognitiveservices.azure.com/.default.',
  },
  {
    status: [401, 403],
    text: /PermissionDenied|does not have (access|authorization)|lacks the required/i,
    cause: 'The identity has no role on the resource, or has it for less than five minutes.',
    fix: 'Assign "Cognitive Services OpenAI User" (for Claude and others "Cognitive Services User") and wait five minutes.',
  },
  {
    status: [401],
    cause: 'The key was not accepted: it belongs to another resource, or the host is not this resource’s.',
    fix: 'Copy the key and the endpoint again from the same resource, under "Keys and Endpoint".',
  },
  {
    status: [403],
    text: /AuthenticationTypeDisabled|key based authentication is disabled/i,
    cause: 'This resource takes no keys.',
    fix: 'Allow key access in the resource’s settings, or send an identity token as Authorization: Bearer.',
  },
  {
    status: [403],
    text: /use the correct endpoint|virtual network is configured/i,
    cause: 'The regional host was called, and the resource is behind a virtual network.',
    fix: 'Use the resource’s own host name instead of the regional one.',
  },
  {
    status: [403],
    text: /virtual network|firewall|traffic denied|TrafficDenied/i,
    cause: 'The resource’s firewall does not let this machine in.',
    fix: 'Add this machine’s address in the resource’s network settings, or use its private endpoint.',
  },
  {
    status: [403],
    text: /temporarily blocked/i,
    cause: 'The resource was blocked by abuse monitoring.',
    fix: 'Look at the resource in the portal, or ask Azure’s support; sending again does not help.',
  },
  {
    status: [404],
    text: /DeploymentNotFound|deployment.{0,40}does not exist/i,
    cause: 'The resource has no deployment of this name, or it is younger than five minutes.',
    fix: 'Use the deployment’s name rather than the model’s, map the model to a deployment, or wait five minutes.',
  },
  {
    status: [404],
    text: /not_found_error|model:/i,
    cause: 'The resource has no such model.',
    fix: 'Map the model to a deployment that the resource has.',
  },
  {
    status: [404],
    cause: 'The address or the api-version is not one that the resource serves.',
    fix: 'Use api_version: v1, and check the instance’s address.',
  },
  {
    status: [400],
    text: /is enabled only for api[- ]versions?/i,
    cause: 'The api-version is too old for this.',
    fix: 'Use api_version: v1 for the instance.',
  },
  {
    status: [400],
    text: /OperationNotSupported|model not supported|unsupported_model|does not (work|support) .{0,30}operation/i,
    cause: 'The deployment’s model does not speak this API.',
    fix: 'Set the API of its mapping row to the one that it speaks, or its base model if the name does not tell.',
  },
  {
    status: [400],
    text: /content_filter|ResponsibleAIPolicyViolation/i,
    cause: 'Azure’s content filter blocked the prompt.',
    fix: 'Change the prompt, or the filter of the deployment; the answer names category and severity.',
  },
  {
    status: [400],
    text: /context_length_exceeded|maximum context length|prompt is too long/i,
    cause: 'The prompt and the output asked for exceed the model’s context window.',
    fix: 'Send less, ask for fewer output tokens, or use a model with a larger window.',
  },
  {
    status: [400],
    text: /unsupported_parameter|unsupported_value|unsupported parameter|not supported with this model/i,
    cause: 'The model does not take this parameter.',
    fix: 'Leave it out; if the deployment’s name does not tell its model, set its base model so that Lazuli can do that.',
  },
  {
    status: [400],
    text: /invalid_encrypted_content|item with id/i,
    cause: 'The conversation refers to content that another resource holds.',
    fix: 'Go on with the resource that began it, or start anew.',
  },
  {
    status: [429],
    text: /temporarily unable|high demand|capacity/i,
    cause: 'The service itself is at its capacity.',
    fix: 'Wait, or use a deployment in another region.',
  },
  {
    status: [429],
    cause:
      'The deployment’s quota is used up for the moment. A large max_tokens counts in full when a request is admitted.',
    fix: 'Wait for the time that the answer names, lower max_tokens, or raise the deployment’s quota.',
  },
  {
    status: [431],
    cause: 'The request had too many or too large headers for the resource.',
    fix: 'Send fewer headers of your own, or a shorter token.',
  },
  {
    status: [408, 504],
    cause: 'The model did not answer in time.',
    fix: 'Send the request again.',
  },
  {
    status: [503, 529],
    cause: 'The service is overloaded.',
    fix: 'Wait a little, then send the request again.',
  },
  {
    status: [500, 502],
    cause: 'The service failed.',
    fix: 'Send the request again.',
  },
]

/**
 * What an upstream's error answer means, if it is known.
 * @param scope what the identity token of the call was asked for, if there was one
 */
export function adviceFor(status: number, text: string, scope?: string): ErrorAdvice | undefined {
  if (scope !== undefined && status === 401 && !/PermissionDenied|lacks the required/i.test(text)) {
    return {
      cause: `The identity token was not accepted; it was asked for ${scope}.`,
      fix: `Set the instance’s scope to ${otherScope(scope)}, or sign in again in the resource’s tenant (az login --tenant …).`,
    }
  }
  return ROWS.find((row) => row.status.includes(status) && (row.text === undefined || row.text.test(text)))
}
