// Made of openapi.json by `npm run api`; not to be edited.
export interface paths {
    "/api/v1/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * who used the network, for what, with whom and when
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description the filter language; absent: everything */
                    filter?: string;
                    /** @description what to group by, separated by commas; absent: one row */
                    by?: string;
                    /** @description bytes, packets, flows, raw_bytes, raw_packets, raw_flows */
                    metric?: string;
                    /** @description -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, … */
                    range?: string;
                    /** @description 30s, 5m, 1h, 1d, or day, week, month of the server's zone: sums per step; absent: one sum */
                    step?: string;
                    /** @description how many rows; 10 when absent */
                    top?: number;
                    /** @description 1: the flows themselves instead of sums */
                    flows?: string;
                    /** @description of flows: how many; absent: all */
                    limit?: number;
                    /** @description json (when absent), csv, ndjson, table */
                    format?: string;
                    /** @description 1: addresses have their names beside them, as src_name; 0: not; absent: of sums yes, of flows not */
                    names?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the answer, streamed; cut short when the query fails under way */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Query"];
                        "text/csv": string;
                        "application/x-ndjson": string;
                        "text/plain": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * who talks with whom: both directions and all reports of a conversation in one row
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description the filter language; absent: everything */
                    filter?: string;
                    /** @description -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, … */
                    range?: string;
                    /** @description active: only those that go on; absent: all */
                    state?: string;
                    /** @description how many, the largest first; 100 when absent */
                    top?: number;
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description active ones first, then by bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Conversations"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/filter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * a filter's canonical text, its errors, and what may be typed next
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query: {
                    /** @description the filter as typed so far */
                    text: string;
                    /** @description octet at which to complete; absent: the end */
                    pos?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what the text means, or what is wrong with it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Filter"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * what an address is and was called
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description its names, those that stand first, each with who said it and when */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Host"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{address}/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * a person's name for an address: it wins over every other
         * @description For an admin: session, token or Unix socket.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    address: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HostNameBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exporters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * the exporters, their templates and sampling, and what came of them
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, … */
                    range?: string;
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description all exporters known */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exporters"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interfaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * the exporters' interfaces: what they are called, and what went through them
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, … */
                    range?: string;
                    /** @description the filter language: of which flows; absent: of all */
                    filter?: string;
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description all interfaces that flows or names tell of */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Interfaces"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interfaces/{exporter}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * what a person says of one of an exporter's interfaces: it wins over every other
         * @description For an admin: session, token or Unix socket.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exporter: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InterfaceBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exporters/{exporter}/snmp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * how the exporter's SNMP agent is asked; never told again
         * @description For an admin: session, token or Unix socket.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exporter: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SnmpBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * the loss ledger per exporter and minute of receipt
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, … */
                    range?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what came, what was kept and what was not, by reason */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ledger"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * whether collecting is sound, in words
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what is listened on, who sends, and what a person has to do */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Diagnosis"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * what can be set while Weir runs, and which of it weir.toml has
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description as they hold now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Settings"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * listen on one more UDP port
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PortBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ports/{port}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * listen on it no more
         * @description For an admin: session, token or Unix socket.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    port: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description that port is not listened on */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * which networks are local, besides the private ones
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NetworksBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * who may send
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SendersBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exporters/{exporter}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * an exporter's name, local network and sampling
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    exporter: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ExporterBody"];
                };
            };
            responses: {
                /** @description it holds from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * names of ports: the user's services file, and ours
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the user's file as it holds, what is wrong in it, and all names */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Services"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /**
         * the user's services file, in the form of /etc/services
         * @description For an admin: session, token or Unix socket.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TextBody"];
                };
            };
            responses: {
                /** @description the file as it holds from now on */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Services"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/protocols": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * which ports make up which application, in the order of the list
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: {
                    /** @description json (when absent), csv */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the list as it holds, in its order, and what is wrong in it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Protocols"];
                        "text/csv": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /**
         * the protocols list, in ntop's form; an empty text is the default list
         * @description For an admin: session, token or Unix socket.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TextBody"];
                };
            };
            responses: {
                /** @description the list as it holds from now on */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Protocols"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tables/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * what a services file and a protocols list would mean together; changes nothing
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TablesCheckBody"];
                };
            };
            responses: {
                /** @description what is wrong in the texts, and the list they make */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TablesCheck"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * who is logged in
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description who asks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /**
         * log in; not before an admin exists
         * @description For a name and its password.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            responses: {
                /** @description logged in; the cookie comes with it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description wrong name or password */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too many wrong tries; Retry-After says for how long */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        /**
         * log out
         * @description For a viewer or admin: session, token or Unix socket.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description logged out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * leave the demo; only on its own machine
         * @description For a viewer or admin: session, token or Unix socket.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it ends, and Weir starts with data of its own at the same address */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description this server shows no demo */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * the tokens that programs use
         * @description For an admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description all tokens, without secrets */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tokens"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /**
         * make a token
         * @description For an admin: session, token or Unix socket.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokenBody"];
                };
            };
            responses: {
                /** @description the token, shown this once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Token"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * delete a token
         * @description For an admin: session, token or Unix socket.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description deleted: it opens nothing any more */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description no token has this number */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * whether an admin exists, and whether a setup code is right
         * @description For anybody.
         */
        get: {
            parameters: {
                query?: {
                    /** @description the setup code, unless X-Weir-Setup-Code has it; without one nothing is checked */
                    code?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description whether an admin exists; the code, where one came, is right */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetupState"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too many tries; Retry-After says for how long */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        /**
         * make the admin, once, with the setup code
         * @description For the setup code.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetupBody"];
                };
            };
            responses: {
                /** @description the admin was made and is logged in; the cookie comes with it */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too many tries; Retry-After says for how long */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * what has come, again and again; ends after 15 minutes, to be asked for anew
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description one such object as each event's data, about one a second */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["Pulse"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * this description of the API
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description this description */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenApi"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * whether the server takes flows and answers
         * @description For anybody.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the UDP ports are bound and HTTP serves */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description not yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * what Weir counts of itself
         * @description For a viewer or admin: session, token or Unix socket.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Prometheus' text format */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description a parameter, header or body is wrong; the error says which */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description neither a session nor a token of ours */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description Host or Origin is not ours, or the caller may not do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                /** @description too busy, or the query or the database failed */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Error: {
            error: components["schemas"]["ErrorText"];
        };
        ErrorText: {
            /** @description the parameter, header or body member; may be empty */
            where: string;
            /** @description what was expected and what came */
            what: string;
            /** @description what to do about it; may be empty */
            hint: string;
            /** @description first octet of the filter's text that is wrong */
            from?: number;
            /** @description the octet after the last */
            to?: number;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "starting";
            /** @description the journal is being replayed: more will come */
            replaying: boolean;
        };
        OpenApi: {
            openapi: string;
            info: Record<string, never>;
            paths: Record<string, never>;
            components: Record<string, never>;
        };
        Pulse: {
            now: components["schemas"]["Time"];
            started: components["schemas"]["Time"];
            /** @description received on all ports since the start */
            datagrams: number;
            /** @description decoded since the start */
            flows: number;
            exporters: number;
            replaying: boolean;
        };
        Diagnosis: {
            now: components["schemas"]["Time"];
            started: components["schemas"]["Time"];
            replaying: boolean;
            /** @description of this machine, as exporters should be told it: the one that is listened on, else the one this client reached it by; empty: it has none but loopback */
            address: string;
            /** @description only loopback is listened on: no other machine reaches it */
            address_is_loopback: boolean;
            /** @description it was lent for a time: reserve it in the router */
            address_from_dhcp: boolean;
            addresses: components["schemas"]["MachineAddress"][];
            /** @description received on all ports since the start */
            datagrams: number;
            /** @description decoded since the start */
            flows: number;
            ports: components["schemas"]["ListeningPort"][];
            senders: components["schemas"]["Sender"][];
            findings: components["schemas"]["Finding"][];
            /** @description that a person said are local, besides the private ones */
            networks: string[];
            /** @description false: weir.toml has them */
            networks_changeable: boolean;
        };
        MachineAddress: {
            address: string;
            interface: string;
            from_dhcp: boolean;
        };
        ListeningPort: {
            address: string;
            port: number;
            bound: boolean;
            problem: string;
            /** @description who has it instead; empty: not known */
            holder: string;
            /** @description false: weir.toml or the command line has it */
            changeable: boolean;
            datagrams: number;
        };
        Sender: {
            exporter: string;
            /** @description that a person gave it */
            name?: string;
            datagrams: number;
            flows: number;
            last_seen: components["schemas"]["Time"];
            packets: components["schemas"]["Light"];
            understood: components["schemas"]["Light"];
            template: components["schemas"]["Light"];
            stored: components["schemas"]["Light"];
        };
        /** @enum {string} */
        Light: "waiting" | "good" | "trouble";
        Finding: {
            state: components["schemas"]["FindingState"];
            /** @enum {string} */
            level: "wait" | "note" | "trouble";
            /** @description a sentence */
            what: string;
            /** @description what to do about it; may be empty */
            hint: string;
            exporter?: string;
            port?: number;
            /** @description that the sentence speaks of: sets, ms of skew, datagrams */
            count?: number;
            /** @description fields that the template lacks */
            missing?: string[];
        };
        /** @enum {string} */
        FindingState: "port_taken" | "silence" | "not_flow_data" | "sflow_not_read" | "no_template" | "options_only" | "fields_missing" | "sampling_unknown" | "clock_skew" | "lost_on_the_way" | "lost_here" | "sender_refused" | "exporter_silent" | "not_journalled" | "name_server_silent" | "name_not_understood" | "names_file_wrong" | "places_file_wrong" | "site_log_missing" | "site_log_not_understood" | "site_log_silent" | "sites_cut";
        Settings: {
            listen: string[];
            networks: string[];
            /** @description senders that are not in allow are taken too */
            learn: boolean;
            allow: string[];
            deny: string[];
            exporters: components["schemas"]["NamedExporter"][];
            sampling: components["schemas"]["SetSampling"][];
            /** @description keys that weir.toml or the command line has */
            locked: string[];
        };
        NamedExporter: {
            exporter: string;
            name?: string;
            network?: string;
        };
        /** @description wins over what these exporters say; of several the longest prefix */
        SetSampling: {
            /** @description a network; one exporter is one of all its address's bits */
            exporters: string;
            /** @description they look at 1 packet in so many */
            rate: number;
        };
        TableWarning: {
            /** @description from 1 */
            line: number;
            /** @description what of the line */
            item: string;
            reason: string;
        };
        Services: {
            /** @description where the user's lines stand */
            file: string;
            /** @description weir.toml names the file: it is edited there */
            locked: boolean;
            /** @description why the file as it is now does not hold; the text is the last that did */
            problem?: string;
            text: string;
            warnings: components["schemas"]["TableWarning"][];
            warnings_left_out: number;
            /** @description the user's lines, then ours; of one port the first counts */
            services: components["schemas"]["Service"][];
        };
        Service: {
            name: string;
            port: number;
            /** @enum {string} */
            transport: "tcp" | "udp" | "both";
            /** @description of the user's file */
            own: boolean;
            aliases: string[];
            description?: string;
        };
        Protocols: {
            /** @description where the list stands */
            file: string;
            /** @description weir.toml names the file: it is edited there */
            locked: boolean;
            /** @description why the file as it is now does not hold; the text is the last that did */
            problem?: string;
            text: string;
            warnings: components["schemas"]["TableWarning"][];
            warnings_left_out: number;
            /** @description the list is the user's; else it is the default one, by which flows are not named */
            own: boolean;
            /** @description the text of the default list */
            default: string;
            protocols: components["schemas"]["Protocol"][];
        };
        Protocol: {
            name: string;
            /** @description those that mean a port, and -1 */
            items: string[];
            /** @description that are this entry's: 80, 6881-6999, 53/udp */
            ports: string[];
        };
        TextBody: {
            text: string;
        };
        TablesCheckBody: {
            services: string;
            protocols: string;
        };
        TablesCheck: {
            services: components["schemas"]["ServicesCheck"];
            protocols: components["schemas"]["ProtocolsCheck"];
        };
        ServicesCheck: {
            warnings: components["schemas"]["TableWarning"][];
            warnings_left_out: number;
            /** @description that were understood */
            lines: number;
        };
        ProtocolsCheck: {
            warnings: components["schemas"]["TableWarning"][];
            warnings_left_out: number;
            own: boolean;
            protocols: components["schemas"]["Protocol"][];
        };
        PortBody: {
            port: number;
        };
        NetworksBody: {
            local: string[];
        };
        SendersBody: {
            learn?: boolean;
            allow?: string[];
            deny?: string[];
        };
        Host: {
            address: string;
            local: boolean;
            /** @description what it is called now; absent: nobody has said */
            name?: string;
            origin?: components["schemas"]["NameOrigin"];
            /** @description those that stand first */
            names: components["schemas"]["HostName"][];
            place?: components["schemas"]["Place"];
        };
        /** @description where a remote address is */
        Place: {
            /** @description ISO 3166-1 alpha-2 */
            country?: string;
            city?: string;
            /** @description by the file of ASes */
            as?: number;
            as_name?: string;
            /** @description pages that know more; nobody goes there by himself */
            links: components["schemas"]["PlaceLink"][];
        };
        PlaceLink: {
            name: string;
            url: string;
        };
        HostName: {
            name: string;
            origin: components["schemas"]["NameOrigin"];
            since: components["schemas"]["Time"];
            /** @description Unix milliseconds: when its origin last said so */
            confirmed: number;
            /** @description Unix milliseconds: since when its origin says otherwise; absent: it stands */
            until?: number;
        };
        /**
         * @description who said it; the first of these that has a name wins
         * @enum {string}
         */
        NameOrigin: "person" | "hosts" | "dhcp" | "dns";
        HostNameBody: {
            /** @description empty: none any more */
            name: string;
        };
        ExporterBody: {
            /** @description empty: none any more */
            name?: string;
            /** @description that it stands before, such as 192.168.1.0/24; empty: none any more */
            network?: string;
            /** @description it looks at 1 packet in so many, whatever it says; of flows from now on; 0: what it says counts again */
            sampling?: number;
        };
        SetupState: {
            has_admin: boolean;
        };
        SetupBody: {
            code: string;
            name: string;
            password: string;
        };
        SessionBody: {
            name: string;
            password: string;
        };
        Session: {
            name: string;
            role: components["schemas"]["Role"];
            /** @description to be sent as X-Weir-CSRF with every change */
            csrf?: string;
            expires?: components["schemas"]["Time"];
            /** @description the server's time zone, as IANA names it: ranges without Z are in it */
            zone: string;
            /** @description true: all flows of this server are made up */
            demo?: boolean;
        };
        /** @enum {string} */
        Role: "admin" | "viewer";
        /** @description Unix milliseconds */
        Time: number;
        TokenBody: {
            name: string;
            role?: components["schemas"]["Role"];
        };
        Token: {
            id: number;
            name: string;
            role: components["schemas"]["Role"];
            created: components["schemas"]["Time"];
            /** @description only in the answer that creates it */
            token?: string;
        };
        Tokens: {
            tokens: components["schemas"]["Token"][];
        };
        Range: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
        };
        Query: {
            rows: components["schemas"]["Row"][];
            totals?: components["schemas"]["Metrics"];
            rest?: components["schemas"]["Rest"];
            bound?: components["schemas"]["Metrics"];
            range: components["schemas"]["Range"];
            /** @description milliseconds */
            step?: number;
            /**
             * @description instead of step
             * @enum {string}
             */
            calendar?: "day" | "week" | "month";
            /** @description canonical */
            filter: string;
            tier: string;
            exact: boolean;
            kept_from?: components["schemas"]["Time"];
            counted_only: boolean;
            removed_bytes: number;
            replaying: boolean;
            loss: components["schemas"]["Loss"];
        };
        Loss: {
            sequence_gap: number;
            not_counted: number;
            /** @description minutes times exporters with either */
            minutes: number;
        };
        Filter: {
            /** @description null: the text has errors */
            canonical: string | null;
            ast: components["schemas"]["FilterTree"];
            chips: components["schemas"]["FilterChip"][];
            errors: components["schemas"]["FilterError"][];
            completions: components["schemas"]["FilterCompletion"][];
        };
        FilterTree: {
            and?: components["schemas"]["FilterTree"][];
            or?: components["schemas"]["FilterTree"][];
            not?: components["schemas"]["FilterTree"];
            condition?: string;
            subjects?: string[];
        } | null;
        FilterChip: {
            text: string;
            negated: boolean;
        };
        FilterError: {
            from: number;
            to: number;
            msg: string;
            hint: string;
        };
        FilterCompletion: {
            insert: string;
            label: string;
            detail: string;
        };
        Ledger: {
            range: components["schemas"]["Range"];
            sums: components["schemas"]["Counts"];
            exporters: components["schemas"]["ExporterCounts"][];
            /** @description over 5,000, those with the fewest datagrams; sums has them */
            exporters_left_out: number;
            minutes: components["schemas"]["MinuteCounts"][];
            /** @description where the list begins: at the range's start, or later where it would be too long */
            minutes_from: number;
            reasons: components["schemas"]["Reason"][];
            receive: components["schemas"]["Receive"];
            store: components["schemas"]["Store"];
        };
        Reason: {
            reason: string;
            unit: string;
            meaning: string;
        };
        Receive: {
            ports: components["schemas"]["Port"][];
            former_ports: components["schemas"]["FormerPorts"];
            refused_senders: number;
            unknown_versions: number;
            worker_channel_full: number;
            journal_refused: number;
            /** @description why datagrams cannot be journalled now; empty: they can */
            journal_problem: string;
            segments_waiting: number;
            replaying: boolean;
            last_refused: components["schemas"]["RefusedDatagram"];
        };
        RefusedDatagram: {
            time: components["schemas"]["Time"];
            sender: string;
            port: number;
            /** @description empty: none was refused */
            reason: string;
            /** @description hexadecimal */
            first_octets: string;
        };
        Port: {
            address: string;
            bound: boolean;
            problem: string;
            datagrams: number;
            octets: number;
            kernel_drops: number;
            truncated: number;
            receive_buffer_octets: number;
        };
        /** @description what came on ports that are listened on no more */
        FormerPorts: {
            datagrams: number;
            octets: number;
            kernel_drops: number;
            truncated: number;
        };
        Store: {
            parts_set_aside: components["schemas"]["DamagedPart"][];
            /** @description since the start: which, what was wrong, and where it is kept */
            segments_set_aside: string[];
            /** @description disk taken by parts and journal */
            used_octets: number;
            /** @description disk that may be taken */
            budget_octets: number;
            rows_dropped_by_retention: number;
            rows_refused: number;
            commits_failed: number;
            /** @description empty: none */
            last_problem: string;
        };
        DamagedPart: {
            name: string;
            rows: number;
            min_received: components["schemas"]["Time"];
            max_received: components["schemas"]["Time"];
        };
        Conversations: {
            range: components["schemas"]["Range"];
            read_from: components["schemas"]["Time"];
            sessions: components["schemas"]["Conversation"][];
            /** @description all of them, also those that top cut */
            found: number;
            /** @description how many of all go on */
            active: number;
            flows_read: number;
            /** @description false: the range has more flows than are read; read_from tells where reading began */
            whole: boolean;
        };
        Conversation: {
            client: string;
            server: string;
            client_name?: string;
            server_name?: string;
            client_port?: number;
            server_port?: number;
            protocol: number;
            app?: string;
            start: components["schemas"]["Time"];
            last: components["schemas"]["Time"];
            /** @description its exporter reported it within its learned timeouts, and nothing says that it ended */
            active: boolean;
            /** @enum {string} */
            ended_by?: "fin" | "rst" | "exporter" | "idle" | "silence";
            /** @description client to server */
            sent_bytes: number;
            /** @description server to client */
            received_bytes: number;
            sent_packets: number;
            received_packets: number;
            /** @description in the last report; only while active */
            sent_bits_per_s?: number;
            received_bits_per_s?: number;
            /** @description that it is made of */
            flows: number;
            exporter: string;
        };
        Exporters: {
            range: components["schemas"]["Range"];
            exporters: components["schemas"]["Exporter"][];
            /** @description over 5,000, those with the fewest datagrams in the range */
            exporters_left_out: number;
            /** @description who sends and is not taken, as allow and deny say: the busiest first */
            refused: components["schemas"]["RefusedSender"][];
            /** @description of all of them, since the start */
            refused_datagrams: number;
            /** @description why something is not counted */
            reasons: components["schemas"]["Reason"][];
            /** @description templates that are known and had no room in the answer */
            templates_left_out: number;
        };
        RefusedSender: {
            sender: string;
            name?: string;
            /** @description since the start; at least, where many send */
            datagrams: number;
            /** @description that the last one was sent to */
            port: number;
            last_seen: components["schemas"]["Time"];
        };
        Exporter: {
            exporter: string;
            name?: string;
            in_range: components["schemas"]["Counts"];
            versions?: components["schemas"]["Versions"];
            first_seen?: components["schemas"]["Time"];
            last_seen?: components["schemas"]["Time"];
            clock_skew_ms?: number;
            pending_sets?: number;
            pending_octets?: number;
            /** @description samplers and observation domains over their caps */
            not_kept?: number;
            /** @description interfaces it named, over their cap */
            interfaces_not_kept?: number;
            /** @description names and descriptions of them that were longer than is kept */
            interface_names_cut?: number;
            /** @description in the last full minute and the one under way */
            flows_per_s: number;
            /** @description learned from its flows: how often it reports one that goes on */
            active_timeout_ms?: number;
            /** @description learned from its flows: after what silence it ends one */
            inactive_timeout_ms?: number;
            since_start?: components["schemas"]["Counts"];
            templates?: components["schemas"]["Template"][];
            sampling?: components["schemas"]["Sampling"][];
        };
        Interfaces: {
            range: components["schemas"]["Range"];
            /** @description by exporter and index */
            interfaces: components["schemas"]["Interface"][];
            /** @description over 5,000, those that carried least */
            interfaces_left_out: number;
            /** @description false: weir.toml has what a person says */
            changeable: boolean;
            /** @description that are asked by SNMP */
            agents: components["schemas"]["SnmpAgent"][];
            /** @description false: weir.toml has them */
            agents_changeable: boolean;
        };
        Interface: {
            exporter: string;
            exporter_name?: string;
            /** @description ifIndex; 0: the exporter names no interface */
            index: number;
            /** @description absent: nobody said one */
            name?: string;
            origin?: components["schemas"]["InterfaceOrigin"];
            /** @description Unix milliseconds: since when the number has been called so; flows of before keep their number */
            since?: number;
            /** @description Unix milliseconds: when its origin last said so */
            confirmed?: number;
            alias?: string;
            speed_bits_per_s?: number;
            role?: components["schemas"]["InterfaceRole"];
            suggested_role?: components["schemas"]["InterfaceRole"];
            /** @description that it received, as the flows tell */
            in_bytes: number;
            out_bytes: number;
            in_packets: number;
            out_packets: number;
            in_flows: number;
            out_flows: number;
            /** @description of 1, on average over the range */
            in_utilisation?: number;
            out_utilisation?: number;
            /** @description by the interface itself, from counted_from to counted_to */
            counted_in_bytes?: number;
            counted_out_bytes?: number;
            counted_from?: components["schemas"]["Time"];
            counted_to?: components["schemas"]["Time"];
            /** @description of 1: what of the counted octets the flows do not tell of */
            gap?: number;
            /** @description what the number meant before */
            former?: components["schemas"]["FormerInterface"][];
            /** @description the number that had this name before */
            moved_from?: number;
        };
        FormerInterface: {
            name: string;
            origin: components["schemas"]["InterfaceOrigin"];
            since: components["schemas"]["Time"];
            until: components["schemas"]["Time"];
        };
        /**
         * @description who said the name; the first of these that has one wins
         * @enum {string}
         */
        InterfaceOrigin: "person" | "snmp" | "options";
        /**
         * @description what stands behind it: the Internet, own networks, another network's router
         * @enum {string}
         */
        InterfaceRole: "wan" | "lan" | "peer";
        InterfaceBody: {
            /** @description ifIndex */
            index: number;
            /** @description empty: none any more; absent: as it is */
            name?: string;
            /**
             * @description empty: none any more
             * @enum {string}
             */
            role?: "wan" | "lan" | "peer" | "";
            /** @description bits a second; 0: none any more */
            speed?: number;
        };
        SnmpAgent: {
            exporter: string;
            /** @enum {string} */
            version: "v2c" | "v3";
            /**
             * @description paused: it failed so often that it is asked seldom
             * @enum {string}
             */
            state: "waiting" | "good" | "trouble" | "paused";
            /** @description why it did not answer the last time */
            problem?: string;
            /** @description Unix milliseconds: last; absent: not since the start */
            answered?: number;
            next: components["schemas"]["Time"];
            /** @description it told of the last time */
            interfaces: number;
            /** @description it has more than are kept */
            cut: boolean;
        };
        /** @description without community and user: it is asked no more */
        SnmpBody: {
            /** @description v2c */
            community?: string;
            /** @description v3 */
            user?: string;
            /** @enum {string} */
            auth?: "sha" | "sha256" | "md5";
            auth_password?: string;
            /** @enum {string} */
            privacy?: "aes" | "des";
            privacy_password?: string;
            /** @description 161 when absent */
            port?: number;
        };
        Versions: {
            v5: number;
            v9: number;
            ipfix: number;
            other: number;
        };
        Template: {
            domain: number;
            id: number;
            options: boolean;
            learned: components["schemas"]["Time"];
            fields: string[];
        };
        Sampling: {
            domain: number;
            sampler: number;
            rate: number;
            source: string;
        };
        Row: {
            time?: components["schemas"]["Time"];
            /** @description first packet, as the exporter said */
            start?: number;
            /** @description last packet, as the exporter said */
            end?: number;
            /** @description header's export time; only where start or end was not said */
            export_time?: number;
            /** @description arrival of the datagram; never falls within a store; the cursor */
            received?: number;
            /** @description source address of the datagram */
            exporter?: string;
            /** @description of exporter, where it has one */
            exporter_name?: string;
            /** @description observation domain (IPFIX), source id (v9), engine type and id (v5) */
            domain?: number;
            /** @description ifIndex of the ingress interface */
            in_if?: number;
            /** @description ifIndex of the egress interface */
            out_if?: number;
            /** @description flowDirection: 0 ingress, 1 egress */
            direction?: number;
            /** @description source address */
            src?: string;
            /** @description of src, where it has one */
            src_name?: string;
            /** @description destination address */
            dst?: string;
            /** @description of dst, where it has one */
            dst_name?: string;
            /** @description source port; absent for protocols without ports unless exported */
            src_port?: number;
            /** @description destination port; ICMP: type * 256 + code where so exported */
            dst_port?: number;
            /** @description IP protocol number */
            protocol?: number;
            /** @description IP class of service octet */
            tos?: number;
            /** @description OR of the TCP flags seen */
            tcp_flags?: number;
            /** @description ICMP or ICMPv6 type */
            icmp_type?: number;
            /** @description ICMP or ICMPv6 code */
            icmp_code?: number;
            bytes?: number;
            packets?: number;
            /** @description 1 in N packets was looked at; absent: not known to be sampled */
            sampling_rate?: number;
            /** @description where sampling_rate came from, see SamplingSource */
            sampling_source?: string;
            /** @description source AS number as exported */
            src_as?: number;
            /** @description destination AS number as exported */
            dst_as?: number;
            /** @description next hop's address, else the BGP next hop's */
            next_hop?: string;
            /** @description of next_hop, where it has one */
            next_hop_name?: string;
            /** @description prefix length of the route to the source */
            src_mask?: number;
            /** @description prefix length of the route to the destination */
            dst_mask?: number;
            /** @description VLAN id */
            vlan?: number;
            /** @description source MAC address */
            src_mac?: string;
            /** @description destination MAC address */
            dst_mac?: string;
            /** @description forwardingStatus, RFC 7270 section 4.12 */
            forwarding_status?: number;
            /** @description flowEndReason, RFC 5102 section 5.11.3 */
            end_reason?: number;
            /** @description source address after translation */
            nat_src?: string;
            /** @description of nat_src, where it has one */
            nat_src_name?: string;
            /** @description destination address after translation */
            nat_dst?: string;
            /** @description of nat_dst, where it has one */
            nat_dst_name?: string;
            /** @description source port after translation */
            nat_src_port?: number;
            /** @description destination port after translation */
            nat_dst_port?: number;
            /** @description which ends are local, see Locality */
            locality?: string;
            /** @description false: another observation point counts this traffic */
            counted?: boolean;
            /** @description application */
            app?: string;
            /** @description what named the application, see AppEvidence */
            app_evidence?: string;
            /** @description name of the remote end, see SiteEvidence */
            site?: string;
            /** @description what named the site, see SiteEvidence */
            site_evidence?: string;
            /** @description source's country, ISO 3166-1 alpha-2 */
            src_country?: string;
            /** @description destination's country, ISO 3166-1 alpha-2 */
            dst_country?: string;
            /** @description the local end */
            host?: string;
            /** @description of host, where it has one */
            host_name?: string;
            /** @description ifIndex, ingress or egress */
            if?: number;
            /** @description of if, where it has one and the exporter is asked for too */
            if_name?: string;
            /** @description of in_if, where it has one and the exporter is asked for too */
            in_if_name?: string;
            /** @description of out_if, where it has one and the exporter is asked for too */
            out_if_name?: string;
            /** @description in, out, local or transit */
            dir?: string;
            flows?: number;
            raw_bytes?: number;
            raw_packets?: number;
            raw_flows?: number;
        };
        Metrics: {
            bytes?: number;
            packets?: number;
            flows?: number;
            raw_bytes?: number;
            raw_packets?: number;
            raw_flows?: number;
        };
        Rest: {
            bytes?: number;
            packets?: number;
            flows?: number;
            raw_bytes?: number;
            raw_packets?: number;
            raw_flows?: number;
            groups: number;
        };
        NotCounted: {
            /** @description the first 16 bits name no export protocol Weir reads */
            UnknownVersion?: number;
            /** @description shorter than its protocol's header */
            HeaderTruncated?: number;
            /** @description the message length field disagrees with the datagram */
            LengthLies?: number;
            /** @description the v5 header announces more records than the datagram holds */
            CountLies?: number;
            /** @description octets after the last set are too few for a set header */
            SetHeaderTruncated?: number;
            /** @description a set's length is below the 4 octets of its header */
            SetShorterThanItsHeader?: number;
            /** @description a set's length reaches beyond the message */
            SetLongerThanMessage?: number;
            /** @description a set id that the protocol reserves */
            ReservedSetId?: number;
            /** @description a data record ends before its template does */
            RecordTruncated?: number;
            /** @description a variable length field's length or octets are cut off */
            VariableLengthTruncated?: number;
            /** @description a template ends before its field count does */
            TemplateTruncated?: number;
            /** @description a template whose smallest record has no octets */
            TemplateZeroSize?: number;
            /** @description a template with more fields than Weir keeps */
            TemplateTooManyFields?: number;
            /** @description a template with an id below 256 */
            TemplateIdReserved?: number;
            /** @description an options template whose scope field count is 0 or above its fields */
            ScopeInvalid?: number;
            /** @description the exporter has as many templates as Weir keeps */
            TemplatesOverCap?: number;
            /** @description waiting for its template */
            NoTemplatePending?: number;
            /** @description its template did not come in time */
            NoTemplateExpired?: number;
            /** @description its template is unknown and the pending cache is full */
            NoTemplateOverCap?: number;
            /** @description as many exporters are known as Weir keeps */
            ExporterOverCap?: number;
            /** @description its journal segment ended the process twice in replay */
            SegmentSetAside?: number;
            /** @description the store could not take it: disk budget or disk full */
            StoreRefused?: number;
            /** @description its part was found damaged and set aside */
            PartDamaged?: number;
        };
        Counts: {
            datagrams: number;
            octets: number;
            records: number;
            flows: number;
            options: number;
            events: number;
            templates: number;
            sequence_sent: number;
            sequence_gap: number;
            sequence_received: number;
            reordered: number;
            repeated: number;
            restarts: number;
            spread_clamped: number;
            not_counted: components["schemas"]["NotCounted"];
        };
        ExporterCounts: {
            datagrams: number;
            octets: number;
            records: number;
            flows: number;
            options: number;
            events: number;
            templates: number;
            sequence_sent: number;
            sequence_gap: number;
            sequence_received: number;
            reordered: number;
            repeated: number;
            restarts: number;
            spread_clamped: number;
            not_counted: components["schemas"]["NotCounted"];
            exporter: string;
        };
        MinuteCounts: {
            datagrams: number;
            octets: number;
            records: number;
            flows: number;
            options: number;
            events: number;
            templates: number;
            sequence_sent: number;
            sequence_gap: number;
            sequence_received: number;
            reordered: number;
            repeated: number;
            restarts: number;
            spread_clamped: number;
            not_counted: components["schemas"]["NotCounted"];
            exporter: string;
            time: components["schemas"]["Time"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
