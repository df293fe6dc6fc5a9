import type { ReferenceSection } from '../../scripts/reference/types.ts'
import type { Federation } from './federation.ts'

/** Calls what an entry names on the federation, and asserts the effect. */
export type Check = (federation: Federation) => Promise<void>

/** One for each entry of the section. */
export type Checks<S extends ReferenceSection> = Record<keyof S['entries'] & string, Check>
