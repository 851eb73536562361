import { LazuliError } from '../core/error.ts'
import type { Secrets } from './secrets.ts'

/** Service name under which all entries stand in the operating system's keychain. */
const SERVICE = 'Lazuli'

/**
 * The operating system's keychain. The native module is loaded at the first use: a configuration without stored keys
 * needs no keychain at all.
 */
export function openKeychain(): Secrets {
  return {
    get: (ref) => ask(async (keytar) => (await keytar.getPassword(SERVICE, ref)) ?? undefined),
    set: (ref, value) => ask((keytar) => keytar.setPassword(SERVICE, ref, value)),
    remove: (ref) =>
      ask(async (keytar) => {
        await keytar.deletePassword(SERVICE, ref)
      }),
  }
}

async function ask<T>(question: (keytar: Keytar) => Promise<T>): Promise<T> {
  try {
    return await question(await loadKeytar())
  } catch (cause) {
    throw explain(cause)
  }
}

type Keytar = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>

async function loadKeytar(): Promise<Keytar> {
  const loaded: { default?: Keytar } & Partial<Keytar> = await import('keytar')
  return loaded.default ?? (loaded as Keytar)
}

/**
 * The sentences that libsecret, D-Bus and the loader give, and what they mean for a user. First match wins; the last
 * row matches all. Texts as seen with libsecret 0.20 and gnome-keyring 42.
 */
const REASONS: readonly { match: RegExp; code: string; message: string; fix: string }[] = [
  {
    match: /libsecret-1\.so/i,
    code: 'keychain_unavailable',
    message: 'Keys cannot be stored: the library libsecret is not installed.',
    fix: 'Install it (Debian and Ubuntu: apt install libsecret-1-0 gnome-keyring), or give the key in the environment or the configuration file.',
  },
  {
    match: /autolaunch D-Bus|DBUS_SESSION_BUS_ADDRESS|Could not connect: No such file|transport .disabled./i,
    code: 'keychain_unavailable',
    message: 'Keys cannot be stored: there is no desktop session (no D-Bus) for the keychain to run in.',
    fix: 'Start Lazuli in a desktop session or under dbus-run-session with a keyring, or give the key in the environment or the configuration file.',
  },
  {
    match: /org\.freedesktop\.secrets was not provided|ServiceUnknown/i,
    code: 'keychain_unavailable',
    message: 'Keys cannot be stored: no keychain service is running.',
    fix: 'Install and start one (gnome-keyring or KWallet), or give the key in the environment or the configuration file.',
  },
  {
    match: /Object does not exist at path|locked|dismissed|User canceled|-128|-25308/i,
    code: 'keychain_locked',
    message: 'The keychain is locked.',
    fix: 'Unlock it (sign in to the desktop session, or open the keychain application), then try again.',
  },
  {
    match: /^/,
    code: 'keychain_unavailable',
    message: 'The keychain did not answer.',
    fix: 'Check the keychain application of your system, or give the key in the environment or the configuration file.',
  },
]

function explain(cause: unknown): LazuliError {
  if (cause instanceof LazuliError) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  const reason = REASONS.find((row) => row.match.test(text)) ?? REASONS.at(-1)!
  return new LazuliError({
    code: reason.code,
    status: 503,
    message: `${reason.message} (The system said: ${text.trim()})`,
    fix: reason.fix,
    retryable: true,
    cause,
  })
}
