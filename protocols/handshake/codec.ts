import { multiaddr } from '@multiformats/multiaddr'
import { nebula_handshake as pb } from '../../proto/handshake.js'
import { HandshakeProtocolError } from './errors.ts'
import {
  FEDERATION_PATTERN,
  MAX_AGENT_LENGTH,
  MAX_LISTEN_ADDR_BYTES,
  MAX_LISTEN_ADDRS,
  MAX_ROLE_LENGTH,
  MAX_ROLES
} from './limits.ts'
import type { HandshakeFrame, NodeInfo, Priority } from './types.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'

const toWirePriority: Record<Priority, pb.Priority> = {
  low: pb.Priority.LOW,
  medium: pb.Priority.MEDIUM,
  high: pb.Priority.HIGH
}

const fromWirePriority: Record<pb.Priority, Priority> = {
  [pb.Priority.LOW]: 'low',
  [pb.Priority.MEDIUM]: 'medium',
  [pb.Priority.HIGH]: 'high'
}

export function encodeFrame(frame: HandshakeFrame): Uint8Array {
  switch (frame.type) {
    case 'hello':
      return pb.HandshakeFrame.encode({
        hello: {
          attempt: frame.attempt,
          direct: frame.direct,
          priority: toWirePriority[frame.priority],
          node: encodeNode(frame.node)
        }
      })
    case 'welcome':
      return pb.HandshakeFrame.encode({
        welcome: {
          status: pb.Status[frame.status],
          reason: pb.Reason[frame.reason],
          attempt: frame.attempt,
          direct: frame.direct,
          node: frame.node == null ? undefined : encodeNode(frame.node)
        }
      })
    case 'change':
      return pb.HandshakeFrame.encode({ change: { id: frame.id, direct: frame.direct } })
    case 'changed':
      return pb.HandshakeFrame.encode({
        changed: { id: frame.id, accepted: frame.accepted, reason: pb.Reason[frame.reason] }
      })
    case 'goodbye':
      return pb.HandshakeFrame.encode({ goodbye: { reason: pb.Reason[frame.reason] } })
  }
}

/**
 * @throws {HandshakeProtocolError} when the bytes are no frame or a field is
 * outside the limits of the specification
 */
export function decodeFrame(bytes: Uint8Array | Uint8ArrayList): HandshakeFrame {
  let frame: pb.HandshakeFrame

  try {
    frame = pb.HandshakeFrame.decode(bytes)
  } catch (cause) {
    throw new HandshakeProtocolError('Frame is not a handshake frame', { cause })
  }

  if (frame.hello != null) {
    return {
      type: 'hello',
      attempt: frame.hello.attempt,
      direct: frame.hello.direct,
      priority: fromWirePriority[frame.hello.priority],
      node: decodeNode(frame.hello.node)
    }
  }

  if (frame.welcome != null) {
    return {
      type: 'welcome',
      status: frame.welcome.status,
      reason: frame.welcome.reason,
      attempt: frame.welcome.attempt,
      direct: frame.welcome.direct,
      // a refusal may keep quiet about its sender
      ...(frame.welcome.status === pb.Status.NEW ? { node: decodeNode(frame.welcome.node) } : {})
    }
  }

  if (frame.change != null) {
    return { type: 'change', id: frame.change.id, direct: frame.change.direct }
  }

  if (frame.changed != null) {
    return {
      type: 'changed',
      id: frame.changed.id,
      accepted: frame.changed.accepted,
      reason: frame.changed.reason
    }
  }

  if (frame.goodbye != null) {
    return { type: 'goodbye', reason: frame.goodbye.reason }
  }

  throw new HandshakeProtocolError('Frame is empty')
}

function encodeNode(node: NodeInfo): pb.NodeInfo {
  return {
    federation: node.federation,
    proxy: node.proxy,
    roles: node.roles.slice(0, MAX_ROLES),
    round: node.round ?? undefined,
    listenAddrs: node.listenAddrs
      .map((addr) => Uint8Array.from(addr.bytes))
      .filter((bytes) => bytes.byteLength <= MAX_LISTEN_ADDR_BYTES)
      .slice(0, MAX_LISTEN_ADDRS),
    agent: node.agent.slice(0, MAX_AGENT_LENGTH),
    time: node.time == null ? undefined : BigInt(Math.max(0, Math.floor(node.time)))
  }
}

function decodeNode(node: pb.NodeInfo | undefined): NodeInfo {
  if (node == null) {
    throw new HandshakeProtocolError('Frame does not say who sent it')
  }

  if (!FEDERATION_PATTERN.test(node.federation)) {
    throw new HandshakeProtocolError('Federation name is malformed')
  }

  if (node.roles.length > MAX_ROLES || node.roles.some((role) => role.length > MAX_ROLE_LENGTH)) {
    throw new HandshakeProtocolError('Too many roles, or one too long')
  }

  if (
    node.listenAddrs.length > MAX_LISTEN_ADDRS ||
    node.listenAddrs.some((addr) => addr.byteLength > MAX_LISTEN_ADDR_BYTES)
  ) {
    throw new HandshakeProtocolError('Too many addresses, or one too long')
  }

  if (node.agent.length > MAX_AGENT_LENGTH) {
    throw new HandshakeProtocolError('Agent is too long')
  }

  return {
    federation: node.federation,
    proxy: node.proxy,
    roles: node.roles,
    round: node.round ?? null,
    listenAddrs: node.listenAddrs.map(parseAddr).filter((addr) => addr != null),
    agent: node.agent,
    ...(node.time == null ? {} : { time: Number(node.time) })
  }
}

/** An address this version cannot read is left out: a newer peer may know protocols that we do not. */
function parseAddr(bytes: Uint8Array): Multiaddr | undefined {
  try {
    return multiaddr(bytes)
  } catch {
    return undefined
  }
}
