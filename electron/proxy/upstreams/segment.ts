import { LazuliError } from '../../core/error.ts'

const MAX_LENGTH = 256

/**
 * A name as one path segment. Whatever it contains, it cannot lead to another path.
 * @throws LazuliError 400 for a name that no encoding can hold in its place
 */
export function segment(name: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to refuse
  if (name === '' || name === '.' || name === '..' || name.length > MAX_LENGTH || /[\u0000-\u001f\u007f]/.test(name)) {
    throw invalidName()
  }
  try {
    return encodeURIComponent(name)
  } catch {
    throw invalidName()
  }
}

function invalidName(): LazuliError {
  return new LazuliError({
    code: 'invalid_model_name',
    status: 400,
    message: 'The deployment’s name cannot be part of an address.',
    fix: 'Use letters, digits, dots, dashes and underscores.',
    param: 'model',
  })
}
