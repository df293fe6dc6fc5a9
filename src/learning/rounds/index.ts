export { DflRounds } from './dfl.ts'
export { LedRounds } from './led.ts'
export type { DflOptions } from './dfl.ts'
export type { LedOptions } from './led-options.ts'
export type {
  CountedUpdate,
  Election,
  Input,
  LedMessage,
  Message,
  Output,
  Phase,
  Refusal,
  Role,
  RoundEnd,
  RoundMachine,
  RoundOptions
} from './types.ts'
