import { LONG_BUCKETS, SHORT_BUCKETS, SIZE_BUCKETS } from './constants.ts'
import { SampledCounters } from './sampled-counters.ts'
import type { Clock } from '../lib/clock.ts'
import type { NebulaEvents } from '../interface.ts'
import type { LinkTable } from '../links/index.ts'
import type { MessageCounts, MessageObserver } from '../messages/index.ts'
import type { Models } from '../models/index.ts'
import type { Proxying } from '../proxying/index.ts'
import type { Restrictions } from '../scoring/index.ts'
import type { Warnings } from '../warnings/index.ts'
import type { Metrics, Startable, TypedEventTarget } from '@libp2p/interface'

export interface OverlayMetricsComponents {
  metrics: Metrics
  overlay: TypedEventTarget<NebulaEvents>
  links: LinkTable
  messenger: {
    readonly counts: MessageCounts
    readonly queued: { messages: number; bytes: number }
    observer?: MessageObserver
  }
  models: Pick<Models, 'list' | 'counts' | 'observer'>
  proxying: Pick<Proxying, 'counts' | 'observer'>
  restrictions: Pick<Restrictions, 'list'>
  warnings: Pick<Warnings, 'counts'>
}

/**
 * The overlay's counters, gauges and histograms, through libp2p's metrics:
 * every name begins with `nebula_`, times are seconds, sizes bytes.
 */
export class OverlayMetrics implements Startable {
  readonly #sampled: SampledCounters
  readonly #components: OverlayMetricsComponents

  constructor(components: OverlayMetricsComponents, clock: Clock) {
    this.#components = components
    this.#sampled = new SampledCounters(components.metrics, clock)
    this.#links()
    this.#messages()
    this.#models()
    this.#proxies()
    this.#peers()
    this.#warnings()
  }

  start(): void {
    this.#sampled.start()
  }

  stop(): void {
    this.#sampled.stop()
  }

  #links(): void {
    const { metrics, overlay, links } = this.#components
    const opened = metrics.registerCounterGroup('nebula_links_opened_total', {
      label: 'direction',
      help: 'Links that were made'
    })
    const closed = metrics.registerCounterGroup('nebula_links_closed_total', {
      label: 'reason',
      help: 'Links that ended'
    })
    const lifetime = metrics.registerHistogram('nebula_link_lifetime_seconds', {
      help: 'How long links lasted',
      buckets: LONG_BUCKETS
    })

    metrics.registerMetricGroup('nebula_links', {
      label: 'kind',
      help: 'Links that are open',
      calculate: () => {
        const direct = links.select({ onlyDirect: true }).length

        return { direct, undirected: links.size - direct }
      }
    })
    overlay.addEventListener('link:open', ({ detail }) => opened.increment({ [detail.direction]: true }))
    overlay.addEventListener('link:close', ({ detail: { link, reason } }) => {
      closed.increment({ [reason]: true })
      lifetime.observe((link.lastActivity - link.openedAt) / 1_000)
    })
    this.#count('link:redial', 'nebula_redials_total', 'Attempts to get lost links back')
  }

  #messages(): void {
    const { metrics, messenger } = this.#components
    const sent = metrics.registerHistogram('nebula_message_send_seconds', {
      help: 'How long messages took until their peer had taken them',
      buckets: SHORT_BUCKETS
    })
    const verified = metrics.registerHistogram('nebula_signature_verify_seconds', {
      help: 'How long signatures of messages took to verify',
      buckets: SHORT_BUCKETS
    })

    messenger.observer = {
      sent: (ms) => sent.observe(ms / 1_000),
      verified: (ms) => verified.observe(ms / 1_000)
    }
    this.#sampled.group(
      'nebula_messages_sent_total',
      'Messages of this node',
      'type',
      () => messenger.counts.sent
    )
    this.#sampled.group(
      'nebula_messages_received_total',
      'Messages that were dispatched',
      'type',
      () => messenger.counts.received
    )
    this.#sampled.group('nebula_message_bytes_total', 'Bytes of messages', 'direction', () => ({
      sent: messenger.counts.bytesSent,
      received: messenger.counts.bytesReceived
    }))
    this.#sampled.counter(
      'nebula_messages_forwarded_total',
      'Copies of messages that were passed on',
      () => messenger.counts.forwarded
    )
    this.#sampled.counter(
      'nebula_messages_forward_dropped_total',
      'Messages that were not passed on because of a bound',
      () => messenger.counts.forwardDropped
    )
    this.#sampled.group(
      'nebula_seen_cache_lookups_total',
      'Messages that were looked up among those seen; a hit is a duplicate',
      'result',
      () => ({ hit: messenger.counts.seenHits, miss: messenger.counts.seenMisses })
    )
    metrics.registerMetric('nebula_seen_cache_entries', {
      help: 'Messages that are remembered',
      calculate: () => messenger.counts.seenEntries
    })
    metrics.registerMetric('nebula_outbox_messages', {
      help: 'Messages that wait to be sent',
      calculate: () => messenger.queued.messages
    })
    metrics.registerMetric('nebula_outbox_bytes', {
      help: 'Bytes of messages that wait to be sent',
      calculate: () => messenger.queued.bytes
    })
  }

  #models(): void {
    const { metrics, models } = this.#components
    const received = metrics.registerCounterGroup('nebula_models_received_total', {
      label: 'outcome',
      help: 'Models that came, and those that did not come whole'
    })
    const size = metrics.registerHistogram('nebula_model_encoded_bytes', {
      help: 'Bytes of the models that came, as they travelled',
      buckets: SIZE_BUCKETS
    })
    const duration = metrics.registerHistogram('nebula_model_receive_seconds', {
      help: 'How long models took to come',
      buckets: LONG_BUCKETS
    })

    models.observer = {
      received: ({ encodedSize }, outcome, ms) => {
        received.increment({ [outcome]: true })

        if (outcome !== 'failed') {
          size.observe(encodedSize)
          duration.observe(ms / 1_000)
        }
      }
    }
    this.#sampled.group(
      'nebula_models_sent_total',
      'Models that were offered to a peer, passed on to it, or sent because it asked',
      'outcome',
      () => models.counts.sent
    )
    this.#sampled.group('nebula_model_bytes_total', 'Bytes of models', 'direction', () => ({
      sent: models.counts.bytesSent,
      received: models.counts.bytesReceived
    }))
    this.#sampled.counter(
      'nebula_model_stalls_total',
      'Transfers of models in which the peer did not go on',
      () => models.counts.stalls
    )
    this.#sampled.counter(
      'nebula_models_resumed_total',
      'Models that went on coming where an earlier transfer had ended',
      () => models.counts.resumed
    )
    this.#sampled.counter(
      'nebula_model_wrong_chunks_total',
      'Chunks of models that were not what the header says',
      () => models.counts.wrongChunks
    )
    metrics.registerMetric('nebula_models_kept', {
      help: 'Models that are kept whole',
      calculate: () => models.list().length
    })
    metrics.registerMetric('nebula_models_kept_bytes', {
      help: 'Bytes of the models that are kept whole',
      calculate: () => models.list().reduce((bytes, { encodedSize }) => bytes + encodedSize, 0)
    })
  }

  #proxies(): void {
    const { metrics, proxying } = this.#components
    const delivered = metrics.registerHistogram('nebula_proxy_delivery_seconds', {
      help: 'How long messages took that a proxy delivered, until their acknowledgement',
      buckets: SHORT_BUCKETS
    })
    const help = {
      sent: 'Messages given to a proxy',
      carried: 'Messages taken as a proxy',
      received: 'Messages delivered by a proxy'
    }

    proxying.observer = { delivered: (ms) => delivered.observe(ms / 1_000) }

    for (const way of ['sent', 'carried', 'received'] as const) {
      this.#sampled.group(
        `nebula_proxy_requests_${way}_total`,
        help[way],
        'status',
        () => proxying.counts[way]
      )
    }
  }

  #peers(): void {
    const { metrics, restrictions } = this.#components

    metrics.registerMetricGroup('nebula_restricted_peers', {
      label: 'kind',
      help: 'Peers that are shut out',
      calculate: () => {
        const entries = restrictions.list()
        const blacklisted = entries.filter(({ kind }) => kind === 'blacklisted').length

        return { blacklisted, 'recently-disconnected': entries.length - blacklisted }
      }
    })
    this.#count('peer:found', 'nebula_peers_found_total', 'Members that were found on the LAN')
    this.#count('peer:graylisted', 'nebula_peers_graylisted_total', 'Peers that were graylisted')
    this.#count('peer:recovered', 'nebula_peers_recovered_total', 'Peers whose score is good again')
    this.#count('peer:blacklisted', 'nebula_peers_blacklisted_total', 'Peers that were blacklisted')
    this.#count(
      'peer:disconnected',
      'nebula_peers_disconnected_total',
      'Peers that became recently disconnected'
    )
    this.#count('join:failed', 'nebula_joins_failed_total', 'Attempts to join a member that failed')
  }

  #warnings(): void {
    const { metrics, overlay, warnings } = this.#components
    const raised = metrics.registerCounterGroup('nebula_warnings_total', {
      label: 'code',
      help: 'Failures that changed what the user can expect'
    })

    metrics.registerMetricGroup('nebula_warnings', {
      label: 'code',
      help: 'Such failures that have not ended',
      calculate: () => warnings.counts()
    })
    overlay.addEventListener('warning', ({ detail: { code } }) => raised.increment({ [code]: true }))
  }

  #count(type: keyof NebulaEvents, name: string, help: string): void {
    const counter = this.#components.metrics.registerCounter(name, { help })

    this.#components.overlay.addEventListener(type, () => counter.increment())
  }
}
