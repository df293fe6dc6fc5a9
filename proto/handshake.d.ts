import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface nebula_handshake {
}
export declare namespace nebula_handshake {
    enum Priority {
        LOW = "LOW",
        MEDIUM = "MEDIUM",
        HIGH = "HIGH"
    }
    namespace Priority {
        const codec: () => Codec<Priority>;
    }
    enum Status {
        NEW = "NEW",
        EXISTS = "EXISTS",
        PENDING = "PENDING",
        CLOSE = "CLOSE"
    }
    namespace Status {
        const codec: () => Codec<Status>;
    }
    enum Reason {
        UNSPECIFIED = "UNSPECIFIED",
        FEDERATION_MISMATCH = "FEDERATION_MISMATCH",
        SELF = "SELF",
        BLACKLISTED = "BLACKLISTED",
        RECENTLY_DISCONNECTED = "RECENTLY_DISCONNECTED",
        MAX_LINKS = "MAX_LINKS",
        LEARNING_FINISHED = "LEARNING_FINISHED",
        PROTOCOL_ERROR = "PROTOCOL_ERROR",
        SHUTTING_DOWN = "SHUTTING_DOWN",
        REQUESTED = "REQUESTED",
        INACTIVE = "INACTIVE",
        SUPERSEDED = "SUPERSEDED",
        KEY_NOT_IN_PEER_ID = "KEY_NOT_IN_PEER_ID"
    }
    namespace Reason {
        const codec: () => Codec<Reason>;
    }
    interface NodeInfo {
        federation: string;
        proxy: boolean;
        roles: string[];
        round?: number;
        listenAddrs: Uint8Array<ArrayBuffer>[];
        agent: string;
        time?: bigint;
    }
    namespace NodeInfo {
        const codec: () => Codec<NodeInfo>;
        interface NodeInfoFederationFieldEvent {
            field: '$.federation';
            value: string;
        }
        interface NodeInfoProxyFieldEvent {
            field: '$.proxy';
            value: boolean;
        }
        interface NodeInfoRolesFieldEvent {
            field: '$.roles[]';
            index: number;
            value: string;
        }
        interface NodeInfoRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        interface NodeInfoListenAddrsFieldEvent {
            field: '$.listenAddrs[]';
            index: number;
            value: Uint8Array<ArrayBuffer>;
        }
        interface NodeInfoAgentFieldEvent {
            field: '$.agent';
            value: string;
        }
        interface NodeInfoTimeFieldEvent {
            field: '$.time';
            value: bigint;
        }
        function encode(obj: Partial<NodeInfo>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeInfo>): NodeInfo;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeInfo>): Generator<NodeInfoFederationFieldEvent | NodeInfoProxyFieldEvent | NodeInfoRolesFieldEvent | NodeInfoRoundFieldEvent | NodeInfoListenAddrsFieldEvent | NodeInfoAgentFieldEvent | NodeInfoTimeFieldEvent>;
    }
    interface Hello {
        attempt: bigint;
        direct: boolean;
        priority: nebula_handshake.Priority;
        node?: nebula_handshake.NodeInfo;
    }
    namespace Hello {
        const codec: () => Codec<Hello>;
        interface HelloAttemptFieldEvent {
            field: '$.attempt';
            value: bigint;
        }
        interface HelloDirectFieldEvent {
            field: '$.direct';
            value: boolean;
        }
        interface HelloPriorityFieldEvent {
            field: '$.priority';
            value: nebula_handshake.Priority;
        }
        interface HelloNodeFederationFieldEvent {
            field: '$.node.federation';
            value: string;
        }
        interface HelloNodeProxyFieldEvent {
            field: '$.node.proxy';
            value: boolean;
        }
        interface HelloNodeRolesFieldEvent {
            field: '$.node.roles[]';
            index: number;
            value: string;
        }
        interface HelloNodeRoundFieldEvent {
            field: '$.node.round';
            value: number;
        }
        interface HelloNodeListenAddrsFieldEvent {
            field: '$.node.listenAddrs[]';
            index: number;
            value: Uint8Array<ArrayBuffer>;
        }
        interface HelloNodeAgentFieldEvent {
            field: '$.node.agent';
            value: string;
        }
        interface HelloNodeTimeFieldEvent {
            field: '$.node.time';
            value: bigint;
        }
        function encode(obj: Partial<Hello>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloAttemptFieldEvent | HelloDirectFieldEvent | HelloPriorityFieldEvent | HelloNodeFederationFieldEvent | HelloNodeProxyFieldEvent | HelloNodeRolesFieldEvent | HelloNodeRoundFieldEvent | HelloNodeListenAddrsFieldEvent | HelloNodeAgentFieldEvent | HelloNodeTimeFieldEvent>;
    }
    interface Welcome {
        status: nebula_handshake.Status;
        reason: nebula_handshake.Reason;
        attempt: bigint;
        direct: boolean;
        node?: nebula_handshake.NodeInfo;
    }
    namespace Welcome {
        const codec: () => Codec<Welcome>;
        interface WelcomeStatusFieldEvent {
            field: '$.status';
            value: nebula_handshake.Status;
        }
        interface WelcomeReasonFieldEvent {
            field: '$.reason';
            value: nebula_handshake.Reason;
        }
        interface WelcomeAttemptFieldEvent {
            field: '$.attempt';
            value: bigint;
        }
        interface WelcomeDirectFieldEvent {
            field: '$.direct';
            value: boolean;
        }
        interface WelcomeNodeFederationFieldEvent {
            field: '$.node.federation';
            value: string;
        }
        interface WelcomeNodeProxyFieldEvent {
            field: '$.node.proxy';
            value: boolean;
        }
        interface WelcomeNodeRolesFieldEvent {
            field: '$.node.roles[]';
            index: number;
            value: string;
        }
        interface WelcomeNodeRoundFieldEvent {
            field: '$.node.round';
            value: number;
        }
        interface WelcomeNodeListenAddrsFieldEvent {
            field: '$.node.listenAddrs[]';
            index: number;
            value: Uint8Array<ArrayBuffer>;
        }
        interface WelcomeNodeAgentFieldEvent {
            field: '$.node.agent';
            value: string;
        }
        interface WelcomeNodeTimeFieldEvent {
            field: '$.node.time';
            value: bigint;
        }
        function encode(obj: Partial<Welcome>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Welcome;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Generator<WelcomeStatusFieldEvent | WelcomeReasonFieldEvent | WelcomeAttemptFieldEvent | WelcomeDirectFieldEvent | WelcomeNodeFederationFieldEvent | WelcomeNodeProxyFieldEvent | WelcomeNodeRolesFieldEvent | WelcomeNodeRoundFieldEvent | WelcomeNodeListenAddrsFieldEvent | WelcomeNodeAgentFieldEvent | WelcomeNodeTimeFieldEvent>;
    }
    interface Change {
        id: number;
        direct: boolean;
    }
    namespace Change {
        const codec: () => Codec<Change>;
        interface ChangeIdFieldEvent {
            field: '$.id';
            value: number;
        }
        interface ChangeDirectFieldEvent {
            field: '$.direct';
            value: boolean;
        }
        function encode(obj: Partial<Change>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Change>): Change;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Change>): Generator<ChangeIdFieldEvent | ChangeDirectFieldEvent>;
    }
    interface Changed {
        id: number;
        accepted: boolean;
        reason: nebula_handshake.Reason;
    }
    namespace Changed {
        const codec: () => Codec<Changed>;
        interface ChangedIdFieldEvent {
            field: '$.id';
            value: number;
        }
        interface ChangedAcceptedFieldEvent {
            field: '$.accepted';
            value: boolean;
        }
        interface ChangedReasonFieldEvent {
            field: '$.reason';
            value: nebula_handshake.Reason;
        }
        function encode(obj: Partial<Changed>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Changed>): Changed;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Changed>): Generator<ChangedIdFieldEvent | ChangedAcceptedFieldEvent | ChangedReasonFieldEvent>;
    }
    interface Goodbye {
        reason: nebula_handshake.Reason;
    }
    namespace Goodbye {
        const codec: () => Codec<Goodbye>;
        interface GoodbyeReasonFieldEvent {
            field: '$.reason';
            value: nebula_handshake.Reason;
        }
        function encode(obj: Partial<Goodbye>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Goodbye>): Goodbye;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Goodbye>): Generator<GoodbyeReasonFieldEvent>;
    }
    interface HandshakeFrame {
        hello?: nebula_handshake.Hello;
        welcome?: nebula_handshake.Welcome;
        change?: nebula_handshake.Change;
        changed?: nebula_handshake.Changed;
        goodbye?: nebula_handshake.Goodbye;
    }
    namespace HandshakeFrame {
        const codec: () => Codec<HandshakeFrame>;
        interface HandshakeFrameHelloAttemptFieldEvent {
            field: '$.hello.attempt';
            value: bigint;
        }
        interface HandshakeFrameHelloDirectFieldEvent {
            field: '$.hello.direct';
            value: boolean;
        }
        interface HandshakeFrameHelloPriorityFieldEvent {
            field: '$.hello.priority';
            value: nebula_handshake.Priority;
        }
        interface HandshakeFrameHelloNodeFederationFieldEvent {
            field: '$.hello.node.federation';
            value: string;
        }
        interface HandshakeFrameHelloNodeProxyFieldEvent {
            field: '$.hello.node.proxy';
            value: boolean;
        }
        interface HandshakeFrameHelloNodeRolesFieldEvent {
            field: '$.hello.node.roles[]';
            index: number;
            value: string;
        }
        interface HandshakeFrameHelloNodeRoundFieldEvent {
            field: '$.hello.node.round';
            value: number;
        }
        interface HandshakeFrameHelloNodeListenAddrsFieldEvent {
            field: '$.hello.node.listenAddrs[]';
            index: number;
            value: Uint8Array<ArrayBuffer>;
        }
        interface HandshakeFrameHelloNodeAgentFieldEvent {
            field: '$.hello.node.agent';
            value: string;
        }
        interface HandshakeFrameHelloNodeTimeFieldEvent {
            field: '$.hello.node.time';
            value: bigint;
        }
        interface HandshakeFrameWelcomeStatusFieldEvent {
            field: '$.welcome.status';
            value: nebula_handshake.Status;
        }
        interface HandshakeFrameWelcomeReasonFieldEvent {
            field: '$.welcome.reason';
            value: nebula_handshake.Reason;
        }
        interface HandshakeFrameWelcomeAttemptFieldEvent {
            field: '$.welcome.attempt';
            value: bigint;
        }
        interface HandshakeFrameWelcomeDirectFieldEvent {
            field: '$.welcome.direct';
            value: boolean;
        }
        interface HandshakeFrameWelcomeNodeFederationFieldEvent {
            field: '$.welcome.node.federation';
            value: string;
        }
        interface HandshakeFrameWelcomeNodeProxyFieldEvent {
            field: '$.welcome.node.proxy';
            value: boolean;
        }
        interface HandshakeFrameWelcomeNodeRolesFieldEvent {
            field: '$.welcome.node.roles[]';
            index: number;
            value: string;
        }
        interface HandshakeFrameWelcomeNodeRoundFieldEvent {
            field: '$.welcome.node.round';
            value: number;
        }
        interface HandshakeFrameWelcomeNodeListenAddrsFieldEvent {
            field: '$.welcome.node.listenAddrs[]';
            index: number;
            value: Uint8Array<ArrayBuffer>;
        }
        interface HandshakeFrameWelcomeNodeAgentFieldEvent {
            field: '$.welcome.node.agent';
            value: string;
        }
        interface HandshakeFrameWelcomeNodeTimeFieldEvent {
            field: '$.welcome.node.time';
            value: bigint;
        }
        interface HandshakeFrameChangeIdFieldEvent {
            field: '$.change.id';
            value: number;
        }
        interface HandshakeFrameChangeDirectFieldEvent {
            field: '$.change.direct';
            value: boolean;
        }
        interface HandshakeFrameChangedIdFieldEvent {
            field: '$.changed.id';
            value: number;
        }
        interface HandshakeFrameChangedAcceptedFieldEvent {
            field: '$.changed.accepted';
            value: boolean;
        }
        interface HandshakeFrameChangedReasonFieldEvent {
            field: '$.changed.reason';
            value: nebula_handshake.Reason;
        }
        interface HandshakeFrameGoodbyeReasonFieldEvent {
            field: '$.goodbye.reason';
            value: nebula_handshake.Reason;
        }
        function encode(obj: Partial<HandshakeFrame>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HandshakeFrame>): HandshakeFrame;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HandshakeFrame>): Generator<HandshakeFrameHelloAttemptFieldEvent | HandshakeFrameHelloDirectFieldEvent | HandshakeFrameHelloPriorityFieldEvent | HandshakeFrameHelloNodeFederationFieldEvent | HandshakeFrameHelloNodeProxyFieldEvent | HandshakeFrameHelloNodeRolesFieldEvent | HandshakeFrameHelloNodeRoundFieldEvent | HandshakeFrameHelloNodeListenAddrsFieldEvent | HandshakeFrameHelloNodeAgentFieldEvent | HandshakeFrameHelloNodeTimeFieldEvent | HandshakeFrameWelcomeStatusFieldEvent | HandshakeFrameWelcomeReasonFieldEvent | HandshakeFrameWelcomeAttemptFieldEvent | HandshakeFrameWelcomeDirectFieldEvent | HandshakeFrameWelcomeNodeFederationFieldEvent | HandshakeFrameWelcomeNodeProxyFieldEvent | HandshakeFrameWelcomeNodeRolesFieldEvent | HandshakeFrameWelcomeNodeRoundFieldEvent | HandshakeFrameWelcomeNodeListenAddrsFieldEvent | HandshakeFrameWelcomeNodeAgentFieldEvent | HandshakeFrameWelcomeNodeTimeFieldEvent | HandshakeFrameChangeIdFieldEvent | HandshakeFrameChangeDirectFieldEvent | HandshakeFrameChangedIdFieldEvent | HandshakeFrameChangedAcceptedFieldEvent | HandshakeFrameChangedReasonFieldEvent | HandshakeFrameGoodbyeReasonFieldEvent>;
    }
    const codec: () => Codec<nebula_handshake>;
    function encode(obj: Partial<nebula_handshake>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_handshake>): nebula_handshake;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_handshake>): Generator<{}>;
}
