interface Member {
  /** Whether it has said that it learns: it was there at the start, or has sent something. */
  participates: boolean
  trains: boolean
  /** The latest round that it has shown to be at. */
  round: number
  /** The latest round of which it has sent an update. */
  sent: number
  /** Rounds in a row that it was waited for in vain. */
  missed: number
  /** The round of the last model that it was sent on request. */
  answered: number
}

/** The neighbours, how far they are, and who of them is waited for. */
export class Roster {
  readonly #members = new Map<string, Member>()
  readonly #maxMissed: number

  constructor(maxMissed: number) {
    this.#maxMissed = maxMissed
  }

  /** @param participates - whether an update of it is expected before it has sent anything */
  add(peer: string, participates: boolean): void {
    if (!this.#members.has(peer)) {
      this.#members.set(peer, { participates, trains: true, round: -1, sent: -1, missed: 0, answered: -1 })
    }
  }

  remove(peer: string): void {
    this.#members.delete(peer)
  }

  has(peer: string): boolean {
    return this.#members.has(peer)
  }

  get peers(): string[] {
    return [...this.#members.keys()].sort()
  }

  /** Learning begins: all that are there take part. */
  begin(): void {
    for (const member of this.#members.values()) {
      member.participates = true
    }
  }

  /** The peer has shown to be at that round. */
  seen(peer: string, round: number, trains = true): void {
    const member = this.#members.get(peer)

    if (member != null) {
      member.participates = true
      member.trains = trains
      member.round = Math.max(member.round, round)
    }
  }

  /** The round that the peer has shown to be at; -1 when that is not known. */
  roundOf(peer: string): number {
    return this.#members.get(peer)?.round ?? -1
  }

  /**
   * Peers that are to send an update of the round: not those that have missed too
   * many, or have sent one of a later round. One that has begun the next round
   * may be sending still: a model takes longer than the word that its round is over.
   */
  expected(round: number): string[] {
    return this.peers.filter((peer) => {
      const member = this.#members.get(peer)

      return (
        member?.participates === true &&
        member.trains &&
        member.sent <= round &&
        member.round <= round + 1 &&
        member.missed < this.#maxMissed
      )
    })
  }

  /** An update of that round has come from the peer. */
  delivered(peer: string, round: number): void {
    const member = this.#members.get(peer)

    this.seen(peer, round)

    if (member != null) {
      member.sent = Math.max(member.sent, round)
      member.missed = 0
    }
  }

  missed(peer: string): void {
    const member = this.#members.get(peer)

    if (member != null) {
      member.missed++
    }
  }

  /** The latest round that at least half of those that take part have reached. */
  get reachedByHalf(): number {
    const rounds = [...this.#members.values()]
      .filter(({ participates }) => participates)
      .map(({ round }) => round)
      .sort((a, b) => b - a)

    return rounds[Math.ceil(rounds.length / 2) - 1] ?? -1
  }

  /** Whether the peer may be sent the model of that round: each once. */
  mayAnswer(peer: string, round: number): boolean {
    const member = this.#members.get(peer)

    if (member == null || member.answered >= round) {
      return false
    }

    member.answered = round

    return true
  }
}
