import { describeFault, type FaultRule } from '../../../../shared/faults.ts'

/** A rule in a sentence: `curl, gpt-5*, 50 % of requests: stalls for 5 s before event 3`. */
export function ruleSentence({ client, model, probability, fault }: FaultRule): string {
  const who = client === undefined ? 'Every client' : client
  const what = model === undefined ? 'every model' : model
  const share = probability === 1 ? 'each request' : `${Math.round(probability * 10_000) / 100} % of requests`
  return `${who}, ${what}, ${share}: ${describeFault(fault)}`
}
