export { DflRounds } from './dfl.ts'
export type { DflOptions } from './dfl.ts'
export type {
  CountedUpdate,
  Input,
  Kind,
  Message,
  Output,
  Phase,
  Refusal,
  Role,
  RoundEnd,
  RoundMachine,
  RoundOptions
} from './types.ts'
