import { existsSync, readFileSync } from 'node:fs'

/**
 * What really happened in a run, from its JSON report. A test that did not run is a failure here: a part that is
 * missing must never look like a part that works.
 *
 * @typedef {{ passed: number, failed: number, notes: string[] }} Totals
 */

/** @returns {Totals} of a vitest report */
export function vitestTotals(file, exitCode) {
  if (!existsSync(file)) return silent('vitest', exitCode)
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // A file that does not even load has no tests to fail.
  const unloaded = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  )
  const skipped = report.numPendingTests + report.numTodoTests
  return total({ passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length, skipped, exitCode })
}

/** @returns {Totals} of a Playwright report */
export function playwrightTotals(file, exitCode) {
  if (!existsSync(file)) return silent('Playwright', exitCode)
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'))
  const failed = stats.unexpected
  const counted = total({
    passed: stats.expected + stats.flaky,
    failed: failed || Math.min(errors.length, 1),
    skipped: stats.skipped,
    exitCode,
  })
  // Their first try stands in the output above, with its error.
  if (stats.flaky > 0) counted.notes.push(`${stats.flaky} passed at the second try only`)
  return counted
}

function total({ passed, failed, skipped, exitCode }) {
  const notes = []
  if (skipped > 0) notes.push(`${skipped} did not run, which counts as failed`)
  if (passed + failed + skipped === 0) notes.push('no test ran')
  const seen = failed + skipped + (notes.length > 0 && skipped === 0 ? 1 : 0)
  // An error outside any test, e.g. an unhandled rejection.
  if (exitCode !== 0 && seen === 0) notes.push(`the runner ended with ${exitCode} although its tests passed`)
  return { passed, failed: exitCode !== 0 && seen === 0 ? 1 : seen, notes }
}

function silent(runner, exitCode) {
  return { passed: 0, failed: 1, notes: [`${runner} ended with ${exitCode} and left no report`] }
}
