import type { Source } from '../../shared/config.ts'

/** Where a value comes from, in words. */
export function sourceWords(source: Source): string {
  switch (source) {
    case 'default':
      return 'built in'
    case 'settings':
      return 'from the settings'
    case 'file':
      return 'from the configuration file'
    case 'environment':
      return 'from the environment'
    case 'flag':
      return 'from the command line'
  }
}
