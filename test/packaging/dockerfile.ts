/** Reads a Dockerfile as far as ours goes: stages, instructions in exec form, key=value pairs. */

export interface Instruction {
  name: string
  /** What follows the name, lines joined. */
  text: string
  /** Line where it begins, from 1. */
  line: number
}

export interface Stage {
  image: string
  alias: string | undefined
  instructions: Instruction[]
}

/** @throws Error with the line of what is not an instruction */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = []
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') {
      const [image = '', as, alias] = instruction.text.split(/\s+/)
      stages.push({ image, alias: as?.toUpperCase() === 'AS' ? alias : undefined, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`line ${instruction.line}: ${instruction.name} stands before FROM`)
    stage.instructions.push(instruction)
  }
  return stages
}

const NAMES = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
)

function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = []
  let open: Instruction | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const continues = trimmed.endsWith('\\')
    const content = continues ? trimmed.slice(0, -1).trim() : trimmed
    if (open === undefined) {
      const match = /^([A-Z]+)\s+(.+)$/.exec(content)
      if (match === null || !NAMES.has(match[1]!)) throw new Error(`line ${index + 1}: "${trimmed}" is no instruction`)
      open = { name: match[1]!, text: match[2]!, line: index + 1 }
      found.push(open)
    } else open.text += ` ${content}`
    if (!continues) open = undefined
  }
  return found
}

/** The last instruction of a name, without its flags; only the last one counts. */
export function last(stage: Stage, name: string): string {
  const text = stage.instructions.findLast((one) => one.name === name)?.text
  if (text === undefined) throw new Error(`there is no ${name}`)
  return text.replace(/^(?:--\S+\s+)+/, '')
}

/** Program and arguments of an instruction in exec form: a JSON list, which runs without a shell. */
export function execForm(text: string): string[] {
  const list: unknown = JSON.parse(text.replace(/^CMD\s+/, ''))
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'string')) throw new Error(`no exec form: ${text}`)
  return list
}

export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = stage.instructions.filter(({ name }) => name === 'ENV').flatMap(({ text }) => text.split(/\s+/))
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new Error(`no pair: ${pair}`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

export interface Copied {
  /** Alias of a stage; absent: the build context. */
  from: string | undefined
  sources: string[]
  target: string
}

export function copiesOf(stage: Stage): Copied[] {
  return stage.instructions
    .filter(({ name }) => name === 'COPY' || name === 'ADD')
    .map(({ text }) => {
      const words = text.split(/\s+/)
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
      const paths = words.filter((word) => !word.startsWith('--'))
      return { from, sources: paths.slice(0, -1), target: paths.at(-1)! }
    })
}
