export interface CommandLine {
  /** Modules to load before the app: `-r FILE`. */
  requires: string[]
  /** Switches before and after the app: `--name=value`, or `--name` with an empty value. */
  switches: Map<string, string>
  /** Folder, entry file or `app.asar`. */
  app: string
}

/** Reads the arguments as Electron's own start-up does. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const requires: string[] = []
  const switches = new Map<string, string>()
  let app: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (app === undefined && (arg === '-r' || arg === '--require')) requires.push(args[++index] ?? '')
    else if (arg.startsWith('--')) {
      const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(arg) ?? []
      switches.set(name, value)
    } else if (app === undefined && !arg.startsWith('-')) app = arg
  }
  return { requires, switches, app: app ?? '.' }
}
