/** What every procedure of the console has in common: an error's `data` is a `Failure` (message and fix). */
import { oc } from '@orpc/contract'
import { Failure } from './exchange.ts'

export const base = oc.errors({ FAILED: { status: 400, data: Failure } })
