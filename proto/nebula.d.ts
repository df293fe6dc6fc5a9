import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface nebula {
}
export declare namespace nebula {
    interface Wrapper {
        source: string;
        discoveryMessage?: nebula.DiscoveryMessage;
        controlMessage?: nebula.ControlMessage;
        federationMessage?: nebula.FederationMessage;
        modelMessage?: nebula.ModelMessage;
        connectionMessage?: nebula.ConnectionMessage;
        responseMessage?: nebula.ResponseMessage;
        reputationMessage?: nebula.ReputationMessage;
        discoverMessage?: nebula.DiscoverMessage;
        offerMessage?: nebula.OfferMessage;
        linkMessage?: nebula.LinkMessage;
        appMessage?: nebula.AppMessage;
    }
    namespace Wrapper {
        const codec: () => Codec<Wrapper>;
        interface WrapperSourceFieldEvent {
            field: '$.source';
            value: string;
        }
        interface WrapperDiscoveryMessageActionFieldEvent {
            field: '$.discoveryMessage.action';
            value: nebula.DiscoveryMessage.Action;
        }
        interface WrapperDiscoveryMessageLatitudeFieldEvent {
            field: '$.discoveryMessage.latitude';
            value: number;
        }
        interface WrapperDiscoveryMessageLongitudeFieldEvent {
            field: '$.discoveryMessage.longitude';
            value: number;
        }
        interface WrapperControlMessageActionFieldEvent {
            field: '$.controlMessage.action';
            value: nebula.ControlMessage.Action;
        }
        interface WrapperControlMessageLogFieldEvent {
            field: '$.controlMessage.log';
            value: string;
        }
        interface WrapperFederationMessageActionFieldEvent {
            field: '$.federationMessage.action';
            value: nebula.FederationMessage.Action;
        }
        interface WrapperFederationMessageArgumentsFieldEvent {
            field: '$.federationMessage.arguments[]';
            index: number;
            value: string;
        }
        interface WrapperFederationMessageRoundFieldEvent {
            field: '$.federationMessage.round';
            value: number;
        }
        interface WrapperModelMessageParametersFieldEvent {
            field: '$.modelMessage.parameters';
            value: Uint8Array<ArrayBuffer>;
        }
        interface WrapperModelMessageWeightFieldEvent {
            field: '$.modelMessage.weight';
            value: bigint;
        }
        interface WrapperModelMessageRoundFieldEvent {
            field: '$.modelMessage.round';
            value: number;
        }
        interface WrapperConnectionMessageActionFieldEvent {
            field: '$.connectionMessage.action';
            value: nebula.ConnectionMessage.Action;
        }
        interface WrapperResponseMessageResponseFieldEvent {
            field: '$.responseMessage.response';
            value: string;
        }
        interface WrapperReputationMessageNodeIdFieldEvent {
            field: '$.reputationMessage.nodeId';
            value: string;
        }
        interface WrapperReputationMessageScoreFieldEvent {
            field: '$.reputationMessage.score';
            value: number;
        }
        interface WrapperReputationMessageRoundFieldEvent {
            field: '$.reputationMessage.round';
            value: number;
        }
        interface WrapperReputationMessageActionFieldEvent {
            field: '$.reputationMessage.action';
            value: nebula.ReputationMessage.Action;
        }
        interface WrapperDiscoverMessageActionFieldEvent {
            field: '$.discoverMessage.action';
            value: nebula.DiscoverMessage.Action;
        }
        interface WrapperOfferMessageActionFieldEvent {
            field: '$.offerMessage.action';
            value: nebula.OfferMessage.Action;
        }
        interface WrapperOfferMessageNNeighborsFieldEvent {
            field: '$.offerMessage.nNeighbors';
            value: number;
        }
        interface WrapperOfferMessageLossFieldEvent {
            field: '$.offerMessage.loss';
            value: number;
        }
        interface WrapperOfferMessageParametersFieldEvent {
            field: '$.offerMessage.parameters';
            value: Uint8Array<ArrayBuffer>;
        }
        interface WrapperOfferMessageRoundsFieldEvent {
            field: '$.offerMessage.rounds';
            value: number;
        }
        interface WrapperOfferMessageRoundFieldEvent {
            field: '$.offerMessage.round';
            value: number;
        }
        interface WrapperOfferMessageEpochsFieldEvent {
            field: '$.offerMessage.epochs';
            value: number;
        }
        interface WrapperLinkMessageActionFieldEvent {
            field: '$.linkMessage.action';
            value: nebula.LinkMessage.Action;
        }
        interface WrapperLinkMessageAddrsFieldEvent {
            field: '$.linkMessage.addrs';
            value: string;
        }
        interface WrapperAppMessageActionFieldEvent {
            field: '$.appMessage.action';
            value: nebula.AppMessage.Action;
        }
        interface WrapperAppMessageTopicFieldEvent {
            field: '$.appMessage.topic';
            value: string;
        }
        interface WrapperAppMessagePayloadFieldEvent {
            field: '$.appMessage.payload';
            value: Uint8Array<ArrayBuffer>;
        }
        interface WrapperAppMessageRequestIdFieldEvent {
            field: '$.appMessage.requestId';
            value: string;
        }
        function encode(obj: Partial<Wrapper>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Wrapper>): Wrapper;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Wrapper>): Generator<WrapperSourceFieldEvent | WrapperDiscoveryMessageActionFieldEvent | WrapperDiscoveryMessageLatitudeFieldEvent | WrapperDiscoveryMessageLongitudeFieldEvent | WrapperControlMessageActionFieldEvent | WrapperControlMessageLogFieldEvent | WrapperFederationMessageActionFieldEvent | WrapperFederationMessageArgumentsFieldEvent | WrapperFederationMessageRoundFieldEvent | WrapperModelMessageParametersFieldEvent | WrapperModelMessageWeightFieldEvent | WrapperModelMessageRoundFieldEvent | WrapperConnectionMessageActionFieldEvent | WrapperResponseMessageResponseFieldEvent | WrapperReputationMessageNodeIdFieldEvent | WrapperReputationMessageScoreFieldEvent | WrapperReputationMessageRoundFieldEvent | WrapperReputationMessageActionFieldEvent | WrapperDiscoverMessageActionFieldEvent | WrapperOfferMessageActionFieldEvent | WrapperOfferMessageNNeighborsFieldEvent | WrapperOfferMessageLossFieldEvent | WrapperOfferMessageParametersFieldEvent | WrapperOfferMessageRoundsFieldEvent | WrapperOfferMessageRoundFieldEvent | WrapperOfferMessageEpochsFieldEvent | WrapperLinkMessageActionFieldEvent | WrapperLinkMessageAddrsFieldEvent | WrapperAppMessageActionFieldEvent | WrapperAppMessageTopicFieldEvent | WrapperAppMessagePayloadFieldEvent | WrapperAppMessageRequestIdFieldEvent>;
    }
    interface DiscoveryMessage {
        action: nebula.DiscoveryMessage.Action;
        latitude: number;
        longitude: number;
    }
    namespace DiscoveryMessage {
        enum Action {
            DISCOVER = "DISCOVER",
            REGISTER = "REGISTER",
            DEREGISTER = "DEREGISTER"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<DiscoveryMessage>;
        interface DiscoveryMessageActionFieldEvent {
            field: '$.action';
            value: nebula.DiscoveryMessage.Action;
        }
        interface DiscoveryMessageLatitudeFieldEvent {
            field: '$.latitude';
            value: number;
        }
        interface DiscoveryMessageLongitudeFieldEvent {
            field: '$.longitude';
            value: number;
        }
        function encode(obj: Partial<DiscoveryMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DiscoveryMessage>): DiscoveryMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DiscoveryMessage>): Generator<DiscoveryMessageActionFieldEvent | DiscoveryMessageLatitudeFieldEvent | DiscoveryMessageLongitudeFieldEvent>;
    }
    interface ControlMessage {
        action: nebula.ControlMessage.Action;
        log: string;
    }
    namespace ControlMessage {
        enum Action {
            ALIVE = "ALIVE",
            OVERHEAD = "OVERHEAD",
            MOBILITY = "MOBILITY",
            RECOVERY = "RECOVERY",
            WEAK_LINK = "WEAK_LINK",
            LEADERSHIP_TRANSFER = "LEADERSHIP_TRANSFER",
            LEADERSHIP_TRANSFER_ACK = "LEADERSHIP_TRANSFER_ACK"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<ControlMessage>;
        interface ControlMessageActionFieldEvent {
            field: '$.action';
            value: nebula.ControlMessage.Action;
        }
        interface ControlMessageLogFieldEvent {
            field: '$.log';
            value: string;
        }
        function encode(obj: Partial<ControlMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ControlMessage>): ControlMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ControlMessage>): Generator<ControlMessageActionFieldEvent | ControlMessageLogFieldEvent>;
    }
    interface FederationMessage {
        action: nebula.FederationMessage.Action;
        arguments: string[];
        round: number;
    }
    namespace FederationMessage {
        enum Action {
            FEDERATION_START = "FEDERATION_START",
            REPUTATION = "REPUTATION",
            FEDERATION_MODELS_INCLUDED = "FEDERATION_MODELS_INCLUDED",
            FEDERATION_READY = "FEDERATION_READY"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<FederationMessage>;
        interface FederationMessageActionFieldEvent {
            field: '$.action';
            value: nebula.FederationMessage.Action;
        }
        interface FederationMessageArgumentsFieldEvent {
            field: '$.arguments[]';
            index: number;
            value: string;
        }
        interface FederationMessageRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        function encode(obj: Partial<FederationMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FederationMessage>): FederationMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FederationMessage>): Generator<FederationMessageActionFieldEvent | FederationMessageArgumentsFieldEvent | FederationMessageRoundFieldEvent>;
    }
    interface ModelMessage {
        parameters: Uint8Array<ArrayBuffer>;
        weight: bigint;
        round: number;
    }
    namespace ModelMessage {
        const codec: () => Codec<ModelMessage>;
        interface ModelMessageParametersFieldEvent {
            field: '$.parameters';
            value: Uint8Array<ArrayBuffer>;
        }
        interface ModelMessageWeightFieldEvent {
            field: '$.weight';
            value: bigint;
        }
        interface ModelMessageRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        function encode(obj: Partial<ModelMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelMessage>): ModelMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelMessage>): Generator<ModelMessageParametersFieldEvent | ModelMessageWeightFieldEvent | ModelMessageRoundFieldEvent>;
    }
    interface ConnectionMessage {
        action: nebula.ConnectionMessage.Action;
    }
    namespace ConnectionMessage {
        enum Action {
            CONNECT = "CONNECT",
            DISCONNECT = "DISCONNECT",
            LATE_CONNECT = "LATE_CONNECT",
            RESTRUCTURE = "RESTRUCTURE"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<ConnectionMessage>;
        interface ConnectionMessageActionFieldEvent {
            field: '$.action';
            value: nebula.ConnectionMessage.Action;
        }
        function encode(obj: Partial<ConnectionMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConnectionMessage>): ConnectionMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConnectionMessage>): Generator<ConnectionMessageActionFieldEvent>;
    }
    interface DiscoverMessage {
        action: nebula.DiscoverMessage.Action;
    }
    namespace DiscoverMessage {
        enum Action {
            DISCOVER_JOIN = "DISCOVER_JOIN",
            DISCOVER_NODES = "DISCOVER_NODES",
            LATE_CONNECT = "LATE_CONNECT",
            RESTRUCTURE = "RESTRUCTURE"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<DiscoverMessage>;
        interface DiscoverMessageActionFieldEvent {
            field: '$.action';
            value: nebula.DiscoverMessage.Action;
        }
        function encode(obj: Partial<DiscoverMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DiscoverMessage>): DiscoverMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DiscoverMessage>): Generator<DiscoverMessageActionFieldEvent>;
    }
    interface OfferMessage {
        action: nebula.OfferMessage.Action;
        nNeighbors: number;
        loss: number;
        parameters: Uint8Array<ArrayBuffer>;
        rounds: number;
        round: number;
        epochs: number;
    }
    namespace OfferMessage {
        enum Action {
            OFFER_MODEL = "OFFER_MODEL",
            OFFER_METRIC = "OFFER_METRIC"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<OfferMessage>;
        interface OfferMessageActionFieldEvent {
            field: '$.action';
            value: nebula.OfferMessage.Action;
        }
        interface OfferMessageNNeighborsFieldEvent {
            field: '$.nNeighbors';
            value: number;
        }
        interface OfferMessageLossFieldEvent {
            field: '$.loss';
            value: number;
        }
        interface OfferMessageParametersFieldEvent {
            field: '$.parameters';
            value: Uint8Array<ArrayBuffer>;
        }
        interface OfferMessageRoundsFieldEvent {
            field: '$.rounds';
            value: number;
        }
        interface OfferMessageRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        interface OfferMessageEpochsFieldEvent {
            field: '$.epochs';
            value: number;
        }
        function encode(obj: Partial<OfferMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OfferMessage>): OfferMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OfferMessage>): Generator<OfferMessageActionFieldEvent | OfferMessageNNeighborsFieldEvent | OfferMessageLossFieldEvent | OfferMessageParametersFieldEvent | OfferMessageRoundsFieldEvent | OfferMessageRoundFieldEvent | OfferMessageEpochsFieldEvent>;
    }
    interface LinkMessage {
        action: nebula.LinkMessage.Action;
        addrs: string;
    }
    namespace LinkMessage {
        enum Action {
            CONNECT_TO = "CONNECT_TO",
            DISCONNECT_FROM = "DISCONNECT_FROM"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<LinkMessage>;
        interface LinkMessageActionFieldEvent {
            field: '$.action';
            value: nebula.LinkMessage.Action;
        }
        interface LinkMessageAddrsFieldEvent {
            field: '$.addrs';
            value: string;
        }
        function encode(obj: Partial<LinkMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkMessage>): LinkMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkMessage>): Generator<LinkMessageActionFieldEvent | LinkMessageAddrsFieldEvent>;
    }
    interface ReputationMessage {
        nodeId: string;
        score: number;
        round: number;
        action: nebula.ReputationMessage.Action;
    }
    namespace ReputationMessage {
        enum Action {
            SHARE = "SHARE"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<ReputationMessage>;
        interface ReputationMessageNodeIdFieldEvent {
            field: '$.nodeId';
            value: string;
        }
        interface ReputationMessageScoreFieldEvent {
            field: '$.score';
            value: number;
        }
        interface ReputationMessageRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        interface ReputationMessageActionFieldEvent {
            field: '$.action';
            value: nebula.ReputationMessage.Action;
        }
        function encode(obj: Partial<ReputationMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReputationMessage>): ReputationMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReputationMessage>): Generator<ReputationMessageNodeIdFieldEvent | ReputationMessageScoreFieldEvent | ReputationMessageRoundFieldEvent | ReputationMessageActionFieldEvent>;
    }
    interface ResponseMessage {
        response: string;
    }
    namespace ResponseMessage {
        const codec: () => Codec<ResponseMessage>;
        interface ResponseMessageResponseFieldEvent {
            field: '$.response';
            value: string;
        }
        function encode(obj: Partial<ResponseMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResponseMessage>): ResponseMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResponseMessage>): Generator<ResponseMessageResponseFieldEvent>;
    }
    interface AppMessage {
        action: nebula.AppMessage.Action;
        topic: string;
        payload: Uint8Array<ArrayBuffer>;
        requestId: string;
    }
    namespace AppMessage {
        enum Action {
            NOTIFY = "NOTIFY",
            REQUEST = "REQUEST",
            REPLY = "REPLY"
        }
        namespace Action {
            const codec: () => Codec<Action>;
        }
        const codec: () => Codec<AppMessage>;
        interface AppMessageActionFieldEvent {
            field: '$.action';
            value: nebula.AppMessage.Action;
        }
        interface AppMessageTopicFieldEvent {
            field: '$.topic';
            value: string;
        }
        interface AppMessagePayloadFieldEvent {
            field: '$.payload';
            value: Uint8Array<ArrayBuffer>;
        }
        interface AppMessageRequestIdFieldEvent {
            field: '$.requestId';
            value: string;
        }
        function encode(obj: Partial<AppMessage>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AppMessage>): AppMessage;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AppMessage>): Generator<AppMessageActionFieldEvent | AppMessageTopicFieldEvent | AppMessagePayloadFieldEvent | AppMessageRequestIdFieldEvent>;
    }
    const codec: () => Codec<nebula>;
    function encode(obj: Partial<nebula>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula>): nebula;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula>): Generator<{}>;
}
