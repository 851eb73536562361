/** `GET /metrics`: Prometheus' text format, with the names of OpenTelemetry's conventions for generative AI. */
import type { Series, SeriesNames } from '../../routing/deployment-series.ts'
import type { Histogram } from '../../routing/histogram.ts'

type Labels = Readonly<Record<string, string>>

/** Everything at once; ends with a line end, as the format asks. */
export function metricsText(series: readonly Series[], inFlight: number): string {
  const lines: string[] = []
  const family = (name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
  }
  const sample = (name: string, labels: Labels, value: number): void => {
    lines.push(`${name}${written(labels)} ${value}`)
  }
  const counters = (name: string, help: string, valuesOf: (one: Series) => readonly [Labels, number][]): void => {
    family(name, 'counter', help)
    for (const one of series) {
      for (const [labels, value] of valuesOf(one)) sample(name, { ...labelsOf(one.names), ...labels }, value)
    }
  }
  const histograms = (name: string, help: string, histogramOf: (one: Series) => Histogram): void => {
    family(name, 'histogram', help)
    for (const one of series) {
      const histogram = histogramOf(one)
      const labels = labelsOf(one.names)
      const counts = histogram.cumulative()
      for (const [index, count] of counts.entries()) {
        sample(`${name}_bucket`, { ...labels, le: String(histogram.bounds[index] ?? '+Inf') }, count)
      }
      sample(`${name}_sum`, labels, histogram.sum)
      sample(`${name}_count`, labels, counts.at(-1) ?? 0)
    }
  }

  family('lazuli_requests_in_flight', 'gauge', 'Requests that run now.')
  sample('lazuli_requests_in_flight', {}, inFlight)
  counters('lazuli_requests_total', 'Model requests, each once, by how they ended.', ({ requests }) => [
    [{ outcome: 'answered' }, requests.answered],
    [{ outcome: 'failed' }, requests.failed],
    [{ outcome: 'abandoned' }, requests.abandoned],
  ])
  counters('lazuli_upstream_calls_total', 'Calls for these requests, retries included.', ({ calls }) => [
    [{ outcome: 'answered' }, calls.good],
    [{ outcome: 'failed' }, calls.failed],
  ])
  counters('lazuli_tokens_total', 'Tokens as the upstreams count them.', ({ tokens }) => [
    [{ gen_ai_token_type: 'input' }, tokens.input],
    [{ gen_ai_token_type: 'output' }, tokens.output],
  ])
  counters('lazuli_tokens_detail_total', 'Parts of the input and of the output tokens.', ({ details }) => [
    [{ kind: 'input_cached' }, details.cached],
    [{ kind: 'input_cache_write' }, details.cacheWrite],
    [{ kind: 'output_reasoning' }, details.reasoning],
  ])
  counters(
    'lazuli_cost_usd_total',
    'Cost in USD by list price or by your own; requests without a known price are unpriced and not in it.',
    ({ priced, cost }) => (priced === 0 ? [] : [[{}, cost]]),
  )
  counters('lazuli_cost_unpriced_total', 'Requests that are unpriced: what they cost is not known.', (one) => [
    [{}, one.unpriced],
  ])
  histograms('gen_ai_server_request_duration_seconds', 'From the request to its end.', ({ duration }) => duration)
  histograms(
    'gen_ai_server_time_to_first_token_seconds',
    'From the request to the first byte of a streamed answer.',
    ({ ttft }) => ttft,
  )
  return `${lines.join('\n')}\n`
}

function labelsOf({ operation, provider, model, instance, deployment }: SeriesNames): Labels {
  return {
    gen_ai_operation_name: operation,
    gen_ai_provider_name: provider,
    gen_ai_request_model: model,
    lazuli_instance: instance,
    deployment,
  }
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** The format knows three escapes; other control characters have no place in a name. */
function escaped(value: string): string {
  const plain = value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => (char === '\n' ? char : ' '))
  return plain.replaceAll(/[\\"\n]/g, (char) => (char === '\n' ? String.raw`\n` : `\\${char}`))
}
