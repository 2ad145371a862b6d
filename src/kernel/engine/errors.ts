import { DomainError } from '../errors.ts'

/** Codes and what a caller does about them:
 * `engine.ended` the case is over; `engine.no_token` the token is gone (somebody was faster): read again;
 * `engine.wrong_command` the token waits for something else; `engine.not_waiting` nobody waits for this message now: keep it and
 * send it when a `subscription.open` of that name appears; `engine.runaway` the diagram loops without a wait state;
 * `engine.no_start` the start event does not exist; `engine.feel` an expression is wrong or over its budget. */
export type EngineErrorCode =
  | 'engine.ended'
  | 'engine.started'
  | 'engine.no_token'
  | 'engine.wrong_command'
  | 'engine.not_waiting'
  | 'engine.runaway'
  | 'engine.no_start'
  | 'engine.feel'
  | 'engine.format'

/** A command or expression that does not fit. The state that was given is unchanged. */
export class EngineError extends DomainError {
  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code === 'engine.feel' ? 'invalid' : 'conflict', code, message, options)
    this.name = 'EngineError'
  }
}
