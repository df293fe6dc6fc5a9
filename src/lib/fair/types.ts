/** The linked peer that pays for what it brings, and where it is. */
export interface Introducer {
  /** Its PeerId, as text. */
  id: string
  /** What all peers of one machine share; a host of its own without it. */
  host?: string
  /** What all machines of one network share; a network of its own without it. */
  subnet?: string
  /** Whether the application or the configuration chose it, so that it has part in the reserve. */
  chosen?: boolean
}

export interface FairSharesInit {
  /** All room there is: entries, slots or bytes. */
  max: number
  /** Part of it that only chosen introducers may use. @default 0 */
  reserved?: number
  /** What one introducer may hold at most, however much room there is. @default `max` */
  maxEach?: number
}
