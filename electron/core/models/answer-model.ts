import { profileOf } from './profiles.ts'

/** The answer names the model that was asked for; a router's answer names the one that it chose. */
export function answerModel(asked: string, answered: string): string {
  return asked === '' || profileOf(asked).family === 'model-router' ? answered : asked
}
