/**
 * Identities through @azure/identity. The library is large and most never use it, so it is loaded by the first instance
 * that does.
 */
import { performance } from 'node:perf_hooks'
import type { TokenCredential } from '@azure/identity'
import { LazuliError } from '../../core/error.ts'
import { createTokenSource } from './token-source.ts'
import type { Identity, TokenSource, TokenSourceOptions } from './token-source.ts'

type Library = typeof import('@azure/identity')

/** Tokens of Microsoft Entra ID. Nothing is loaded or asked before the first is wanted. */
export function azureTokens(): TokenSource {
  return createTokenSource({
    open: openIdentity,
    explain: explainIdentity,
    monotonic: () => performance.now(),
    now: Date.now,
  })
}

/** Opens an identity. @throws whatever the library throws for settings that cannot be used */
export async function openIdentity(identity: Identity): ReturnType<TokenSourceOptions['open']> {
  const credential = credentialOf(identity, await import('@azure/identity'))
  return { getToken: (scope) => credential.getToken(scope) }
}

function credentialOf(identity: Identity, library: Library): TokenCredential {
  const { tenant_id: tenantId, client_id: clientId, client_secret: secret, authority: authorityHost } = identity
  const tenant = tenantId === undefined ? {} : { tenantId }
  const client = clientId === undefined ? {} : { clientId }
  const authority = authorityHost === undefined ? {} : { authorityHost }
  switch (identity.credential) {
    case 'default':
      return new library.DefaultAzureCredential({
        ...tenant,
        ...authority,
        ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
      })
    case 'managed_identity':
      return new library.ManagedIdentityCredential({ ...client })
    case 'workload':
      return new library.WorkloadIdentityCredential({ ...tenant, ...client, ...authority })
    case 'cli':
      return new library.AzureCliCredential({ ...tenant })
    case 'secret':
      return new library.ClientSecretCredential(tenantId ?? '', clientId ?? '', secret ?? '', { ...authority })
    case 'interactive':
      return new library.InteractiveBrowserCredential({ ...tenant, ...client, ...authority })
  }
}

/** What went wrong at the sign-in, and the way out; the library's own words are told as far as they are no secret. */
export function explainIdentity(error: unknown, identity: Identity): LazuliError {
  const reason = reasonOf(error, identity)
  // The chain of default credentials throws an aggregate when all of them failed.
  const refused = hasName(error, 'AuthenticationError')
  return refused
    ? new LazuliError({
        code: 'entra_refused',
        status: 401,
        message: `Microsoft Entra did not accept the identity${reason}`,
        fix: refusalFix(identity),
        cause: error,
      })
    : new LazuliError({
        code: 'entra_unavailable',
        status: 503,
        message: `There is no identity to sign in with${reason}`,
        fix: missingFix(identity),
        cause: error,
      })
}

function refusalFix({ credential }: Identity): string {
  const roles =
    'The identity needs the role "Cognitive Services OpenAI User" (for Claude and others "Cognitive Services User") on the resource, and a new role takes up to five minutes.'
  switch (credential) {
    case 'secret':
      return `Check tenant_id, client_id and client_secret of the app registration, and whether the secret has expired. ${roles}`
    case 'managed_identity':
    case 'workload':
      return `Check client_id and tenant_id. ${roles}`
    case 'default':
    case 'cli':
    case 'interactive':
      return `Sign in again: az login --tenant <tenant>. ${roles}`
  }
}

function missingFix({ credential }: Identity): string {
  switch (credential) {
    case 'default':
      return 'Run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or name another entra.credential.'
    case 'cli':
      return 'Install the Azure CLI and run az login.'
    case 'managed_identity':
      return 'Give this machine a managed identity (and set client_id for one that is assigned by a user), or use another entra.credential.'
    case 'workload':
      return 'Set AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID and AZURE_TENANT_ID, as the workload identity webhook does.'
    case 'secret':
      return 'Check tenant_id, client_id and client_secret, and the network.'
    case 'interactive':
      return 'Send the request again and sign in in the browser that opens.'
  }
}

/** The library's first sentence, without the secret; its long forms repeat whole answers. */
function reasonOf(error: unknown, { client_secret: secret }: Identity): string {
  const message = error instanceof Error ? error.message : ''
  const line = message.split(/\r?\n/).find((each) => each.trim() !== '') ?? ''
  const clean = (secret === undefined ? line : line.replaceAll(secret, '[secret]')).replace(
    /\b[\w-]{20,}\.[\w-]{20,}\.[\w-]*/g,
    '[token]',
  )
  return clean === '' ? '.' : `: ${clean.slice(0, 300).replace(/[.\s]*$/, '')}.`
}

/** Compared by name: the classes of a library that is loaded late are not at hand. */
function hasName(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
