import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface nebula_model {
}
export declare namespace nebula_model {
    enum Kind {
        MODEL = "MODEL",
        OFFER = "OFFER"
    }
    namespace Kind {
        const codec: () => Codec<Kind>;
    }
    enum Encoding {
        NONE = "NONE",
        ZSTD = "ZSTD",
        ZLIB = "ZLIB",
        BROTLI = "BROTLI"
    }
    namespace Encoding {
        const codec: () => Codec<Encoding>;
    }
    enum Status {
        ACCEPT = "ACCEPT",
        HAVE = "HAVE",
        PENDING = "PENDING",
        REFUSE = "REFUSE"
    }
    namespace Status {
        const codec: () => Codec<Status>;
    }
    enum Reason {
        UNSPECIFIED = "UNSPECIFIED",
        FEDERATION_MISMATCH = "FEDERATION_MISMATCH",
        TOO_LARGE = "TOO_LARGE",
        UNWANTED = "UNWANTED",
        BUSY = "BUSY",
        NOT_FOUND = "NOT_FOUND",
        CANCELLED = "CANCELLED",
        STALLED = "STALLED",
        FAILED = "FAILED",
        SHUTTING_DOWN = "SHUTTING_DOWN",
        NO_SPACE = "NO_SPACE"
    }
    namespace Reason {
        const codec: () => Codec<Reason>;
    }
    interface ModelHeader {
        federation: string;
        origin: string;
        seqno: bigint;
        kind: nebula_model.Kind;
        round: number;
        weight: bigint;
        details: Uint8Array<ArrayBuffer>;
        encoding: nebula_model.Encoding;
        decodedSize: bigint;
        encodedSize: bigint;
        chunkSize: number;
        hashes: Uint8Array<ArrayBuffer>;
    }
    namespace ModelHeader {
        const codec: () => Codec<ModelHeader>;
        interface ModelHeaderFederationFieldEvent {
            field: '$.federation';
            value: string;
        }
        interface ModelHeaderOriginFieldEvent {
            field: '$.origin';
            value: string;
        }
        interface ModelHeaderSeqnoFieldEvent {
            field: '$.seqno';
            value: bigint;
        }
        interface ModelHeaderKindFieldEvent {
            field: '$.kind';
            value: nebula_model.Kind;
        }
        interface ModelHeaderRoundFieldEvent {
            field: '$.round';
            value: number;
        }
        interface ModelHeaderWeightFieldEvent {
            field: '$.weight';
            value: bigint;
        }
        interface ModelHeaderDetailsFieldEvent {
            field: '$.details';
            value: Uint8Array<ArrayBuffer>;
        }
        interface ModelHeaderEncodingFieldEvent {
            field: '$.encoding';
            value: nebula_model.Encoding;
        }
        interface ModelHeaderDecodedSizeFieldEvent {
            field: '$.decodedSize';
            value: bigint;
        }
        interface ModelHeaderEncodedSizeFieldEvent {
            field: '$.encodedSize';
            value: bigint;
        }
        interface ModelHeaderChunkSizeFieldEvent {
            field: '$.chunkSize';
            value: number;
        }
        interface ModelHeaderHashesFieldEvent {
            field: '$.hashes';
            value: Uint8Array<ArrayBuffer>;
        }
        function encode(obj: Partial<ModelHeader>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelHeader>): ModelHeader;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelHeader>): Generator<ModelHeaderFederationFieldEvent | ModelHeaderOriginFieldEvent | ModelHeaderSeqnoFieldEvent | ModelHeaderKindFieldEvent | ModelHeaderRoundFieldEvent | ModelHeaderWeightFieldEvent | ModelHeaderDetailsFieldEvent | ModelHeaderEncodingFieldEvent | ModelHeaderDecodedSizeFieldEvent | ModelHeaderEncodedSizeFieldEvent | ModelHeaderChunkSizeFieldEvent | ModelHeaderHashesFieldEvent>;
    }
    interface Range {
        start: number;
        count: number;
    }
    namespace Range {
        const codec: () => Codec<Range>;
        interface RangeStartFieldEvent {
            field: '$.start';
            value: number;
        }
        interface RangeCountFieldEvent {
            field: '$.count';
            value: number;
        }
        function encode(obj: Partial<Range>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Range>): Range;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Range>): Generator<RangeStartFieldEvent | RangeCountFieldEvent>;
    }
    interface Offer {
        header: Uint8Array<ArrayBuffer>;
        signature: Uint8Array<ArrayBuffer>;
        complete: boolean;
    }
    namespace Offer {
        const codec: () => Codec<Offer>;
        interface OfferHeaderFieldEvent {
            field: '$.header';
            value: Uint8Array<ArrayBuffer>;
        }
        interface OfferSignatureFieldEvent {
            field: '$.signature';
            value: Uint8Array<ArrayBuffer>;
        }
        interface OfferCompleteFieldEvent {
            field: '$.complete';
            value: boolean;
        }
        function encode(obj: Partial<Offer>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Offer;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Generator<OfferHeaderFieldEvent | OfferSignatureFieldEvent | OfferCompleteFieldEvent>;
    }
    interface Want {
        id: Uint8Array<ArrayBuffer>;
        header: boolean;
        ranges: nebula_model.Range[];
    }
    namespace Want {
        const codec: () => Codec<Want>;
        interface WantIdFieldEvent {
            field: '$.id';
            value: Uint8Array<ArrayBuffer>;
        }
        interface WantHeaderFieldEvent {
            field: '$.header';
            value: boolean;
        }
        interface WantRangesStartFieldEvent {
            field: '$.ranges[].start';
            value: number;
            index: number;
        }
        interface WantRangesCountFieldEvent {
            field: '$.ranges[].count';
            value: number;
            index: number;
        }
        function encode(obj: Partial<Want>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Want;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Generator<WantIdFieldEvent | WantHeaderFieldEvent | WantRangesStartFieldEvent | WantRangesCountFieldEvent>;
    }
    interface Answer {
        status: nebula_model.Status;
        reason: nebula_model.Reason;
        complete: boolean;
        ranges: nebula_model.Range[];
    }
    namespace Answer {
        const codec: () => Codec<Answer>;
        interface AnswerStatusFieldEvent {
            field: '$.status';
            value: nebula_model.Status;
        }
        interface AnswerReasonFieldEvent {
            field: '$.reason';
            value: nebula_model.Reason;
        }
        interface AnswerCompleteFieldEvent {
            field: '$.complete';
            value: boolean;
        }
        interface AnswerRangesStartFieldEvent {
            field: '$.ranges[].start';
            value: number;
            index: number;
        }
        interface AnswerRangesCountFieldEvent {
            field: '$.ranges[].count';
            value: number;
            index: number;
        }
        function encode(obj: Partial<Answer>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Answer>): Answer;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Answer>): Generator<AnswerStatusFieldEvent | AnswerReasonFieldEvent | AnswerCompleteFieldEvent | AnswerRangesStartFieldEvent | AnswerRangesCountFieldEvent>;
    }
    interface Request {
        ranges: nebula_model.Range[];
    }
    namespace Request {
        const codec: () => Codec<Request>;
        interface RequestRangesStartFieldEvent {
            field: '$.ranges[].start';
            value: number;
            index: number;
        }
        interface RequestRangesCountFieldEvent {
            field: '$.ranges[].count';
            value: number;
            index: number;
        }
        function encode(obj: Partial<Request>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Request>): Request;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Request>): Generator<RequestRangesStartFieldEvent | RequestRangesCountFieldEvent>;
    }
    interface Chunk {
        index: number;
    }
    namespace Chunk {
        const codec: () => Codec<Chunk>;
        interface ChunkIndexFieldEvent {
            field: '$.index';
            value: number;
        }
        function encode(obj: Partial<Chunk>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chunk>): Chunk;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chunk>): Generator<ChunkIndexFieldEvent>;
    }
    interface Complete {
    }
    namespace Complete {
        const codec: () => Codec<Complete>;
        function encode(obj: Partial<Complete>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Complete>): Complete;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Complete>): Generator<{}>;
    }
    interface Cancel {
        reason: nebula_model.Reason;
    }
    namespace Cancel {
        const codec: () => Codec<Cancel>;
        interface CancelReasonFieldEvent {
            field: '$.reason';
            value: nebula_model.Reason;
        }
        function encode(obj: Partial<Cancel>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Cancel;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Generator<CancelReasonFieldEvent>;
    }
    interface ModelFrame {
        offer?: nebula_model.Offer;
        want?: nebula_model.Want;
        answer?: nebula_model.Answer;
        request?: nebula_model.Request;
        chunk?: nebula_model.Chunk;
        complete?: nebula_model.Complete;
        cancel?: nebula_model.Cancel;
    }
    namespace ModelFrame {
        const codec: () => Codec<ModelFrame>;
        interface ModelFrameOfferHeaderFieldEvent {
            field: '$.offer.header';
            value: Uint8Array<ArrayBuffer>;
        }
        interface ModelFrameOfferSignatureFieldEvent {
            field: '$.offer.signature';
            value: Uint8Array<ArrayBuffer>;
        }
        interface ModelFrameOfferCompleteFieldEvent {
            field: '$.offer.complete';
            value: boolean;
        }
        interface ModelFrameWantIdFieldEvent {
            field: '$.want.id';
            value: Uint8Array<ArrayBuffer>;
        }
        interface ModelFrameWantHeaderFieldEvent {
            field: '$.want.header';
            value: boolean;
        }
        interface ModelFrameWantRangesStartFieldEvent {
            field: '$.want.ranges[].start';
            value: number;
            index: number;
        }
        interface ModelFrameWantRangesCountFieldEvent {
            field: '$.want.ranges[].count';
            value: number;
            index: number;
        }
        interface ModelFrameAnswerStatusFieldEvent {
            field: '$.answer.status';
            value: nebula_model.Status;
        }
        interface ModelFrameAnswerReasonFieldEvent {
            field: '$.answer.reason';
            value: nebula_model.Reason;
        }
        interface ModelFrameAnswerCompleteFieldEvent {
            field: '$.answer.complete';
            value: boolean;
        }
        interface ModelFrameAnswerRangesStartFieldEvent {
            field: '$.answer.ranges[].start';
            value: number;
            index: number;
        }
        interface ModelFrameAnswerRangesCountFieldEvent {
            field: '$.answer.ranges[].count';
            value: number;
            index: number;
        }
        interface ModelFrameRequestRangesStartFieldEvent {
            field: '$.request.ranges[].start';
            value: number;
            index: number;
        }
        interface ModelFrameRequestRangesCountFieldEvent {
            field: '$.request.ranges[].count';
            value: number;
            index: number;
        }
        interface ModelFrameChunkIndexFieldEvent {
            field: '$.chunk.index';
            value: number;
        }
        interface ModelFrameCancelReasonFieldEvent {
            field: '$.cancel.reason';
            value: nebula_model.Reason;
        }
        function encode(obj: Partial<ModelFrame>): Uint8Array<ArrayBuffer>;
        function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelFrame>): ModelFrame;
        function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ModelFrame>): Generator<ModelFrameOfferHeaderFieldEvent | ModelFrameOfferSignatureFieldEvent | ModelFrameOfferCompleteFieldEvent | ModelFrameWantIdFieldEvent | ModelFrameWantHeaderFieldEvent | ModelFrameWantRangesStartFieldEvent | ModelFrameWantRangesCountFieldEvent | ModelFrameAnswerStatusFieldEvent | ModelFrameAnswerReasonFieldEvent | ModelFrameAnswerCompleteFieldEvent | ModelFrameAnswerRangesStartFieldEvent | ModelFrameAnswerRangesCountFieldEvent | ModelFrameRequestRangesStartFieldEvent | ModelFrameRequestRangesCountFieldEvent | ModelFrameChunkIndexFieldEvent | ModelFrameCancelReasonFieldEvent>;
    }
    const codec: () => Codec<nebula_model>;
    function encode(obj: Partial<nebula_model>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_model>): nebula_model;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<nebula_model>): Generator<{}>;
}
