// Generated from docs/openapi.json by `npm run client`.
export interface paths {
    "/api/v1/admin/credits/adjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["AdminCredits.adjust"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/security/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Security.blocks"];
        put?: never;
        post: operations["Security.block"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/security/blocks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["Security.lift"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/security/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Security.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/security/posture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Security.posture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/security/test-alert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Security.testAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["AdminUsers.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["AdminUsers.get"];
        put: operations["AdminUsers.change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["AdminUsers.sessions"];
        put?: never;
        post?: never;
        delete: operations["AdminUsers.endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["ApiKeys.list"];
        put?: never;
        post: operations["ApiKeys.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["ApiKeys.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ApiKeys.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["EmailChange.request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-change-confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["EmailChange.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Passwords.resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email-verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Passwords.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.exchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Auth.me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["Mfa.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Mfa.activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/enroll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Mfa.enroll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Mfa.recoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["SecondFactor.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Passwords.change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Passwords.reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset-confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Passwords.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["Auth.profile"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Auth.session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Sessions.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["Sessions.end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["SecondFactor.stepUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Auth.validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Credits.balance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Credits.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Credits.transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/csp-report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["CspReport.report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Generations.list"];
        put?: never;
        post: operations["Generations.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Generations.get"];
        put?: never;
        post?: never;
        delete: operations["Generations.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Generations.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Generations.watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/favorite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Generations.favorite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/media-urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Generations.mediaUrls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Generations.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Generations.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.report[1]"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.live[1]"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.ready[1]"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Models.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Models.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Projects.list"];
        put?: never;
        post: operations["Projects.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Projects.get"];
        put: operations["Projects.change"];
        post?: never;
        delete: operations["Projects.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Files.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Files.get"];
        put?: never;
        post?: never;
        delete: operations["Files.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/files/{id}/signed-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Files.sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Files.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/fal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["Callbacks.receive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.report[0]"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.live[0]"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Health.ready[0]"];
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
        get: operations["Metrics.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops/ai/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["AiSwitch.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops/ai/toggle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["AiSwitch.toggle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["Telemetry.read"];
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
        ActivateMfaRequest: {
            /**
             * @description Six digits from the authenticator app, or a recovery code.
             * @example 123456
             */
            code: string;
        };
        AddBlockRequest: {
            /**
             * @description Whose requests are refused; of an IPv6 address its whole /64.
             * @example 203.0.113.7
             */
            address: string;
            /** @description For so long; a week at most. */
            minutes: number;
            /**
             * @description What it was up to.
             * @enum {string}
             */
            reason?: "brute_force_attack" | "authentication_bypass" | "rate_limit_violation" | "malicious_input" | "reconnaissance";
            /**
             * Format: uuid
             * @description Only this person at the address. Left out: whoever is not signed in there.
             */
            user_id?: string;
        };
        AddressRequest: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             * @example ada@example.com
             */
            email: string;
        };
        AdjustCreditsRequest: {
            /** @description Added to the balance; negative takes away. */
            amount: number;
            /** @description Why: it stands in the ledger and is shown to the person. */
            reason: string;
            /**
             * Format: uuid
             * @description Whose balance.
             */
            user_id: string;
        };
        AiRouting: {
            /** @description Who makes pictures and videos. */
            generations: string;
            /** @description Who answers for agents. */
            language: string;
        };
        AiStatusResponse: {
            /** @description AI_ENABLED and the stored switch. */
            ai_enabled: boolean;
            /** @description AI_ENABLED. */
            allowed_by_configuration: boolean;
            /** Format: date-time */
            changed_at: string;
            /** @description Null: this version calls no language model. */
            model: string | null;
            /** @description Of language models. */
            provider: string;
            routing: components["schemas"]["AiRouting"];
            /** @description The stored switch alone. */
            switch: boolean;
            timeout_ms: number;
        };
        ApiKeyResponse: {
            /** @description CIDR ranges; none: from anywhere. */
            addresses: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string | null;
            name: string;
            /** @description The first characters of the key, for telling keys apart. */
            prefix: string;
            /** Format: date-time */
            previous_expires_at: string | null;
            /** @description After a rotation: the beginning of the old key, while it still works. */
            previous_prefix: string | null;
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write")[];
        };
        ApiKeysResponse: {
            data: components["schemas"]["ApiKeyResponse"][];
        };
        BalanceResponse: {
            /** @description What can be spent. */
            balance: number;
            /** @description Held for generations that are under way. */
            reserved: number;
        };
        BlockResponse: {
            /** @description An IPv4 address or an IPv6 network of 64 bits. */
            address: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description null: the service itself.
             */
            made_by: string | null;
            /** @enum {string} */
            reason: "brute_force_attack" | "authentication_bypass" | "rate_limit_violation" | "malicious_input" | "reconnaissance" | "manual";
            score: number;
            /** @description How often what was seen. */
            signals: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            user_id: string | null;
        };
        BlocksPage: {
            data: components["schemas"]["BlockResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        ChangeProjectRequest: {
            /** @description What it is about; null clears it. */
            description?: string | null;
            /**
             * @description What it is called; not blank.
             * @example harbour at night
             */
            name?: string;
            /**
             * @description Who may look: its owner alone, or anybody who is signed in and knows its id.
             * @enum {string}
             */
            visibility?: "private" | "public";
        };
        ChangeUserRequest: {
            /** @description true: nobody signs in to the account, and every token of it ends. false: enables it again. */
            disabled?: boolean;
            /**
             * @description The new role; every token of the person ends with the change.
             * @enum {string}
             */
            role?: "user" | "viewer" | "admin" | "super_admin";
        };
        CreateApiKeyRequest: {
            /** @description Addresses and CIDR ranges from which it may be used; none: from anywhere. */
            addresses?: string[];
            /** @description Days until it expires; 90 when left out. */
            expires_in_days?: number;
            /**
             * @description What the key is for.
             * @example nightly pictures
             */
            name: string;
            /** @description What it may do. */
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write")[];
        };
        CreateGenerationRequest: {
            /**
             * @description Id of a model.
             * @example velro/canvas
             */
            model_id: string;
            /** @description What to leave out, where the model takes it. */
            negative_prompt?: string;
            /** @description Parameters of the model; unknown ones are refused. */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Format: uuid
             * @description A project of yours.
             */
            project_id?: string;
            /**
             * @description What to make.
             * @example a lighthouse over a violet sea
             */
            prompt: string;
            /** @description Where a reference image lies: public https alone. A multipart body sends the file `reference_image` instead. */
            reference_image_url?: string;
        };
        CreateProjectRequest: {
            /** @description What it is about. */
            description?: string | null;
            /**
             * @description What it is called; not blank.
             * @example harbour at night
             */
            name: string;
            /**
             * @description Who may look: its owner alone, or anybody who is signed in and knows its id.
             * @enum {string}
             */
            visibility?: "private" | "public";
        };
        CreditStatsResponse: {
            /** @description By administrators, up and down. */
            adjusted: number;
            /** @description Given at the start. */
            granted: number;
            /** @description Given back for failed and cancelled ones. */
            released: number;
            /** @description For completed generations. */
            spent: number;
            /** @description Of the last thirty days. */
            spent_30_days: number;
        };
        EmailChangeConfirmRequest: {
            /** @description What the link of the mail to the new address carries. */
            token: string;
        };
        EmailChangeRequest: {
            /**
             * Format: email
             * @description The new address.
             * @example ada@example.org
             */
            email: string;
        };
        EmailVerifyRequest: {
            /**
             * @description The password of the account from now on; one that was named at the registration is not kept.
             * @example tall-otter-paints-9-quiet-bridges
             */
            password: string;
            /** @description What the mail's link carries. */
            token: string;
        };
        EnrolmentResponse: {
            /** @description The same as an otpauth URL. */
            otpauth_url: string;
            /** @description That URL as a QR code: a PNG in a data URL. */
            qr_code: string;
            /** @description In base 32, for typing into the app. Shown this once. */
            secret: string;
        };
        EventCountResponse: {
            count: number;
            /** @enum {string} */
            event: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
            /** @enum {string} */
            level: "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
        };
        ExchangeRequest: {
            /** @description An access token that Supabase issued to a social or link login. */
            supabase_access_token: string;
        };
        FavoriteRequest: {
            /** @description Default true. */
            favorite?: boolean;
        };
        FileResponse: {
            bytes: number;
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Null: kept until deleted.
             */
            expires_at: string | null;
            /**
             * Format: uuid
             * @description What a result came from.
             */
            generation_id: string | null;
            height: number | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "result" | "reference" | "upload";
            width: number | null;
        };
        FilesPage: {
            data: components["schemas"]["FileResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        GalleryItemResponse: {
            bytes: number;
            content_type: string;
            height: number | null;
            /** @description A link that expires. */
            url: string;
            width: number | null;
        };
        GenerationErrorResponse: {
            /** @enum {string} */
            code: "content_refused" | "parameters_refused" | "reference_refused" | "model_unknown" | "provider_failed" | "provider_refused" | "provider_timeout" | "provider_unavailable" | "media_refused" | "media_too_large";
        };
        GenerationResponse: {
            /** Format: date-time */
            created_at: string;
            credits_cost: number;
            error?: components["schemas"]["GenerationErrorResponse"];
            favorite: boolean;
            /** Format: date-time */
            finished_at: string | null;
            has_reference_image: boolean;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "image" | "video";
            /** @description Once completed. */
            media?: components["schemas"]["MediaResponse"][];
            model_id: string;
            negative_prompt: string | null;
            parameters: {
                [key: string]: unknown;
            };
            /** @description Percent; stays 0 where the provider does not say. */
            progress: number;
            /** Format: uuid */
            project_id: string | null;
            prompt: string;
            /** @description How many wait before it, where that is known. */
            queue_position?: number;
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "failed" | "cancelled";
        };
        GenerationsPage: {
            data: components["schemas"]["GenerationResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        GenerationStatsResponse: {
            by_model: {
                [key: string]: number;
            };
            by_status: {
                [key: string]: number;
            };
            /** @description For those that were completed and not deleted since. */
            credits_spent: number;
            total: number;
        };
        HealthResponse: {
            /** @enum {string} */
            ai_status: "enabled" | "disabled";
            /** @enum {string} */
            status: "healthy" | "degraded";
            /** @description Seconds since the start. */
            uptime_s: number;
        };
        KindUsageResponse: {
            bytes: number;
            files: number;
        };
        LevelCounts: {
            CRITICAL: number;
            HIGH: number;
            LOW: number;
            MEDIUM: number;
        };
        LoginRequest: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             * @example ada@example.com
             */
            email: string;
            /** @description Its password. */
            password: string;
        };
        LogoutRequest: {
            /**
             * @description Which sessions end: this one (default), the others, or all.
             * @enum {string}
             */
            scope?: "this" | "others" | "all";
        };
        ManagedUserResponse: {
            /** Format: date-time */
            created_at: string;
            credits_balance: number;
            /** Format: date-time */
            disabled_at: string | null;
            email: string;
            full_name: string | null;
            /** Format: uuid */
            id: string;
            mfa_enabled: boolean;
            /** @enum {string} */
            role: "user" | "viewer" | "admin" | "super_admin";
        };
        ManagedUsersPage: {
            data: components["schemas"]["ManagedUserResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        MediaResponse: {
            bytes: number;
            content_type: string;
            height: number | null;
            /** @description A link that expires. */
            url: string;
            width: number | null;
        };
        MediaUrlResponse: {
            bytes: number;
            content_type: string;
            /** Format: date-time */
            expires_at: string;
            height: number | null;
            /** @description A link that expires. */
            url: string;
            width: number | null;
        };
        MediaUrlsResponse: {
            data: components["schemas"]["MediaUrlResponse"][];
        };
        MfaVerifyRequest: {
            /**
             * @description Six digits from the authenticator app, or a recovery code.
             * @example 123456
             */
            code: string;
            /** @description What the right password gave. */
            mfa_token: string;
        };
        ModelDetailsResponse: {
            /** @description Credits for one generation. */
            credits_cost: number;
            /** @description After so many seconds at the provider a generation is given up. */
            deadline_seconds: number;
            /** @example velro/canvas */
            id: string;
            /** @description JSON Schema of what `POST /generations` takes for this model. */
            input_schema: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            kind: "image" | "video";
            negative_prompt: boolean;
            /** @description What the model can draw, where it reads prompts by a list of words; it sets what it cannot draw in type under the picture. Null where it takes any prompt. */
            paints: components["schemas"]["PaintsResponse"] | null;
            /** @enum {string} */
            reference_image: "none" | "optional" | "required";
            /** @description Null where the model takes no reference image. */
            reference_image_bounds: components["schemas"]["ReferenceBoundsResponse"] | null;
            title: string;
        };
        ModelResponse: {
            /** @description Credits for one generation. */
            credits_cost: number;
            /** @description After so many seconds at the provider a generation is given up. */
            deadline_seconds: number;
            /** @example velro/canvas */
            id: string;
            /** @enum {string} */
            kind: "image" | "video";
            negative_prompt: boolean;
            /** @enum {string} */
            reference_image: "none" | "optional" | "required";
            title: string;
        };
        ModelsResponse: {
            data: components["schemas"]["ModelResponse"][];
        };
        PaintsResponse: {
            /** @description A colour is that of the noun it precedes. */
            colours: string[];
            moods: string[];
            /**
             * @example [
             *       "forest",
             *       "sea",
             *       "city"
             *     ]
             */
            settings: string[];
            styles: string[];
            /**
             * @example [
             *       "fox",
             *       "cat",
             *       "lighthouse"
             *     ]
             */
            subjects: string[];
            /**
             * @example [
             *       "dawn",
             *       "night"
             *     ]
             */
            times: string[];
            /**
             * @example [
             *       "rain",
             *       "snow"
             *     ]
             */
            weather: string[];
        };
        PasswordChangeRequest: {
            /** @description The present password. */
            current_password: string;
            /** @description The new password. */
            new_password: string;
        };
        PasswordResetConfirmRequest: {
            /** @description The new password. */
            new_password: string;
            /** @description What the mail's link carries. */
            token: string;
        };
        PostureResponse: {
            /** @enum {string} */
            alerts: "webhook" | "nowhere";
            blocks_in_force: number;
            /** @description Of the last 24 hours. */
            events_24h: components["schemas"]["EventCountResponse"][];
            /** @description Addresses and people by level, on this instance. */
            levels: components["schemas"]["LevelCounts"];
            /** @enum {string} */
            mode: "enforce" | "observe";
        };
        ProfileRequest: {
            /** @description How the person is called; left out, the name is removed. */
            full_name?: string;
        };
        ProjectResponse: {
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /** @description Whatever became of them. */
            generations_count: number;
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {boolean} */
            owned: true;
            /** Format: date-time */
            updated_at: string;
            /** @enum {string} */
            visibility: "private" | "public";
        };
        ProjectsPage: {
            data: components["schemas"]["ProjectResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        PublicProjectResponse: {
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /** @description The newest results, at most 20. */
            gallery: components["schemas"]["GalleryItemResponse"][];
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {boolean} */
            owned: false;
            /** @enum {string} */
            visibility: "private" | "public";
        };
        ReadyResponse: {
            /**
             * @description The shared counters; without them others count.
             * @enum {string}
             */
            counters: "up" | "down";
            /** @enum {string} */
            database: "up" | "down";
            /**
             * @description The feed of revocations.
             * @enum {string}
             */
            revocations: "up" | "down";
            /** @enum {string} */
            status: "ready" | "not_ready";
            /**
             * @description Whether the storage takes objects; without it what stores one is 503, and the rest works.
             * @enum {string}
             */
            storage: "up" | "down";
            /**
             * @description Whether the database takes writes.
             * @enum {string}
             */
            writes: "up" | "down";
        };
        RecoveryCodesResponse: {
            /** @description Each opens one sign-in without the app. Shown this once. */
            recovery_codes: string[];
        };
        ReferenceBoundsResponse: {
            /** @description Still pictures of these types, by their content. */
            content_types: string[];
            max_bytes: number;
            max_pixels: number;
            /** @description Of either side. */
            max_side: number;
            /** @description A larger picture is scaled down to so many pixels. */
            scaled_to_pixels: number;
        };
        RefreshRequest: {
            /** @description The latest refresh token of the session. */
            refresh_token: string;
        };
        RegisterRequest: {
            /**
             * Format: email
             * @description Where the account is reached.
             * @example ada@example.com
             */
            email: string;
            /**
             * @description How the person is called.
             * @example Ada Lovelace
             */
            full_name?: string;
            /**
             * @description At least 15 characters; spaces and any script are welcome.
             * @example tall-otter-paints-9-quiet-bridges
             */
            password: string;
        };
        RotateApiKeyRequest: {
            /** @description Seconds for which the old key still works; 86400 when left out. */
            overlap_seconds?: number;
        };
        SecurityEventResponse: {
            /** @description Keyed hash of the address aimed at. */
            account: string | null;
            /** Format: date-time */
            at: string;
            attack: string | null;
            details: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            event: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
            /** Format: uuid */
            id: string;
            /** @description The process that recorded it. */
            instance: string | null;
            /** @enum {string} */
            level: "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
            method: string | null;
            /** Format: uuid */
            request_id: string | null;
            /** @description What the service did about it. */
            response: string;
            /** @description The template of the route. */
            route: string | null;
            source_ip: string | null;
            /** @description Equal events that this one stands for besides itself. */
            suppressed: number;
            text: string;
            trace_id: string | null;
            /** Format: uuid */
            user_id: string | null;
        };
        SecurityEventsPage: {
            data: components["schemas"]["SecurityEventResponse"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        SessionItem: {
            /** @description The network it was last refreshed from; its last part is hidden. */
            address: string;
            /** Format: date-time */
            created_at: string;
            /** @description Whether this is the session that asks. */
            current: boolean;
            /** @description What the client said of itself. */
            device: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_used_at: string;
        };
        SessionResponse: {
            /** @description When the person last proved who they are; seconds since the epoch, 0 for a key. */
            auth_time: number;
            exp: number;
            iat: number;
            /** Format: uuid */
            jti: string;
            /** @enum {string} */
            role: "user" | "viewer" | "admin" | "super_admin";
            /** @description What an API key may do; null for a person. */
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write")[] | null;
            /**
             * Format: uuid
             * @description The session, or the API key.
             */
            sid: string;
            /** Format: uuid */
            sub: string;
        };
        SessionsResponse: {
            data: components["schemas"]["SessionItem"][];
        };
        ShownApiKeyResponse: {
            /** @description CIDR ranges; none: from anywhere. */
            addresses: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @description Goes into the Authorization header as a Bearer token. Not shown again. */
            key: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string | null;
            name: string;
            /** @description The first characters of the key, for telling keys apart. */
            prefix: string;
            /** Format: date-time */
            previous_expires_at: string | null;
            /** @description After a rotation: the beginning of the old key, while it still works. */
            previous_prefix: string | null;
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write")[];
        };
        SignedFileResponse: {
            /** Format: date-time */
            expires_at: string;
            /** @description Anybody may fetch it until it expires. */
            url: string;
        };
        SignFileRequest: {
            /** @description Seconds for which the link is good; 3600 when left out. */
            expires_in?: number;
        };
        StepUpRequest: {
            /**
             * @description Six digits from the authenticator app, or a recovery code.
             * @example 123456
             */
            code?: string;
            /** @description The password, where there is no second factor. */
            password?: string;
        };
        StepUpResponse: {
            access_token: string;
            /** @description Seconds. */
            expires_in: number;
        };
        StorageStatsResponse: {
            by_kind: components["schemas"]["UsageByKindResponse"];
            /** @description What they weigh together. */
            bytes: number;
            files: number;
            /** @description What they may weigh together before nothing new is taken. */
            quota_bytes: number;
        };
        TelemetryEvents: {
            /** @description In the log alone. */
            dropped: number;
            /** @description On their way to the database. */
            waiting: number;
        };
        TelemetryFeed: {
            /** @description Since the last heartbeat. */
            silent_ms: number | null;
            /**
             * @description silent: authenticated requests get 503.
             * @enum {string}
             */
            state: "fresh" | "silent";
        };
        TelemetryGenerations: {
            /**
             * @description open: the provider has failed so often that it is left alone for a moment.
             * @enum {string}
             */
            circuit: "closed" | "open" | "half_open";
            /** @description Being looked at or fetched by this instance. */
            following: number;
            /** @description Being handed over to the provider by this instance. */
            submitting: number;
        };
        TelemetryLimiter: {
            /**
             * @description degraded: the shared counters are away.
             * @enum {string}
             */
            state: "whole" | "degraded";
        };
        TelemetryResponse: {
            ai_calls_blocked_global: number;
            ai_calls_blocked_per_psid: number;
            ai_errors: number;
            events: components["schemas"]["TelemetryEvents"];
            failed_auth_attempts: number;
            feed: components["schemas"]["TelemetryFeed"];
            generations: components["schemas"]["TelemetryGenerations"];
            limiter: components["schemas"]["TelemetryLimiter"];
            malicious_input_detections: number;
            rate_limit_violations: number;
            security_header_violations: number;
            threats: components["schemas"]["TelemetryThreats"];
            /** @description Seconds since the start. */
            uptime_s: number;
            webhook_signature_failures: number;
        };
        TelemetryThreats: {
            blocks_in_force: number;
            /** @description Addresses and people by level. */
            levels: {
                [key: string]: number;
            };
            /** @enum {string} */
            mode: "enforce" | "observe";
        };
        TestAlertResponse: {
            /**
             * Format: uuid
             * @description `webhook-id` of the alert that is on its way.
             */
            alert_id: string;
        };
        ToggleAiRequest: {
            /** @description Whether providers may be asked for anything new, on every instance. */
            enabled: boolean;
        };
        ToggleAiResponse: {
            ai_enabled: boolean;
            changed: boolean;
            /** @description What held before. */
            previous_state: boolean;
        };
        TokensResponse: {
            /** @description Goes into the Authorization header. */
            access_token: string;
            /** @description After a sign-in: send it back as X-Device-Token, and strangers cannot lock you out. */
            device_token?: string;
            /** @description Seconds until the access token expires. */
            expires_in: number;
            /** @description Good for one refresh. */
            refresh_token: string;
            /** @enum {string} */
            token_type: "Bearer";
            user: components["schemas"]["UserResponse"];
        };
        TransactionResponse: {
            /** @description By how much what can be spent changed. */
            balance_change: number;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            generation_id: string | null;
            id: string;
            /** @enum {string} */
            kind: "grant" | "adjust" | "reserve" | "commit" | "release";
            /** @description Of an adjustment. */
            reason: string | null;
            /** @description By how much what is held changed. */
            reserved_change: number;
        };
        TransactionsPage: {
            data: components["schemas"]["TransactionResponse"][];
            next_cursor: string | null;
        };
        UsageByKindResponse: {
            reference: components["schemas"]["KindUsageResponse"];
            result: components["schemas"]["KindUsageResponse"];
            upload: components["schemas"]["KindUsageResponse"];
        };
        UserResponse: {
            /** @description Credits that can be spent now. */
            credits_balance: number;
            email: string;
            full_name: string | null;
            /** Format: uuid */
            id: string;
            mfa_enabled: boolean;
            /** @enum {string} */
            role: "user" | "viewer" | "admin" | "super_admin";
        };
        ValidateResponse: {
            /** Format: date-time */
            expires_at: string;
            valid: boolean;
        };
        VerificationResponse: {
            /** @enum {string} */
            verification: "sent";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "AdminCredits.adjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustCreditsRequest"];
            };
        };
        responses: {
            /** @description The figures afterwards. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.blocks": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those in force, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlocksPage"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddBlockRequest"];
            };
        };
        responses: {
            /** @description It holds on every instance. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.lift": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lifted, and what led to it is forgiven. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.events": {
        parameters: {
            query?: {
                /** @description Only events aimed at this account: the keyed hash that events show. */
                account?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only events of this name. */
                event?: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
                /** @description Only events of this level. */
                level?: "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
                /** @description At most so many. */
                limit?: number;
                /** @description From this moment on. */
                since?: string;
                /** @description Only events of this address. */
                source_ip?: string;
                /** @description Before this moment. */
                until?: string;
                /** @description Only events of this person. */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityEventsPage"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.posture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostureResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Security.testAlert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored, and sent as soon as may be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestAlertResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AdminUsers.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description How the e-mail address begins. */
                email?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description Only people of this role. */
                role?: "user" | "viewer" | "admin" | "super_admin";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everybody, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUsersPage"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AdminUsers.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUserResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AdminUsers.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUserRequest"];
            };
        };
        responses: {
            /** @description As it stands now; what is left out stays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUserResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AdminUsers.sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Living sessions, most recently used first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AdminUsers.endSessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every session and token of the person has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "ApiKeys.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Living keys, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeysResponse"];
                };
            };
        };
    };
    "ApiKeys.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The only answer that shows the key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownApiKeyResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "ApiKeys.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is dead, and the streams that it opened end. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "ApiKeys.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateApiKeyRequest"];
            };
        };
        responses: {
            /** @description A new key in place of the old one, which works until the overlap ends. The expiry stays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownApiKeyResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "EmailChange.request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailChangeRequest"];
            };
        };
        responses: {
            /** @description A link goes to the new address; what it carries goes to /auth/email-change-confirm. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "EmailChange.confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailChangeConfirmRequest"];
            };
        };
        responses: {
            /** @description A new pair: every older token is dead. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Passwords.resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description For known and unknown addresses alike. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
        };
    };
    "Passwords.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailVerifyRequest"];
            };
        };
        responses: {
            /** @description The address is verified and the password set: sign in. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Auth.exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExchangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    "Auth.login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    "Auth.logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Auth.me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `account:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Mfa.remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed; every other session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Mfa.activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateMfaRequest"];
            };
        };
        responses: {
            /** @description Active; every other session has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Mfa.enroll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A pending factor; a code of it makes it active. Asking again replaces it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Mfa.recoveryCodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A fresh set; the old one is dead. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesResponse"];
                };
            };
            /** @description Also `step_up_required`, when the last proof of identity is too old. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "SecondFactor.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MfaVerifyRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    "Passwords.change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChangeRequest"];
            };
        };
        responses: {
            /** @description A new pair: every older token is dead. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    "Passwords.reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description For known and unknown addresses alike. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
        };
    };
    "Passwords.confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordResetConfirmRequest"];
            };
        };
        responses: {
            /** @description The password is set and every session has ended: sign in. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Auth.profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
        };
    };
    "Auth.refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    "Auth.register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            /** @description With e-mail verification, for known and unknown addresses alike. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
        };
    };
    "Auth.session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claims of the token, without asking the database; or what an API key stands for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `account:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Sessions.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Living sessions, most recently used first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsResponse"];
                };
            };
        };
    };
    "Sessions.end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended, and its tokens are dead. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "SecondFactor.stepUp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StepUpRequest"];
            };
        };
        responses: {
            /** @description A token of the same session with a fresh auth_time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepUpResponse"];
                };
            };
        };
    };
    "Auth.validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidateResponse"];
                };
            };
        };
    };
    "Credits.balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `account:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Credits.stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditStatsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `account:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Credits.transactions": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ledger, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionsPage"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `account:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "CspReport.report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Received, whatever its content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only favorites, or only others. */
                favorite?: boolean;
                /** @description At most so many. */
                limit?: number;
                /** @description Only those of this model. */
                model_id?: string;
                /** @description Only those of this project. */
                project_id?: string;
                /** @description Only those of this status. */
                status?: "queued" | "processing" | "completed" | "failed" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationsPage"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key has one effect and the same answer, for a day. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateGenerationRequest"];
                "multipart/form-data": components["schemas"]["CreateGenerationRequest"];
            };
        };
        responses: {
            /** @description Accepted and paid for; Location names it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generation and its objects are gone; running ones are refused with 409. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `scope_missing`: an API key needs the scope `generations:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled, or asked back from the provider: the stream tells how it ends. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.watch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events `status`, `progress`, `completed`, `failed`, `cancelled`; each carries the generation. Ends with the generation or with the token; Last-Event-ID resumes it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The last event was received already: do not reconnect. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.favorite": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FavoriteRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.mediaUrls": {
        parameters: {
            query?: {
                /** @description Seconds for which the links are good. */
                expires_in?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty before the generation is completed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaUrlsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.retry": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key has one effect and the same answer, for a day. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A new generation of the same order. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Generations.stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationStatsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Health.report[1]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
        };
    };
    "Health.live[1]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Health.ready[1]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
        };
    };
    "Models.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What can be asked for here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Models.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ids have slashes, encoded or not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDetailsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `generations:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Projects.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your own, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectsPage"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `projects:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Projects.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProjectRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `projects:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Projects.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your own, or what a public one of somebody else shows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"] | components["schemas"]["PublicProjectResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `projects:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Projects.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProjectRequest"];
            };
        };
        responses: {
            /** @description As it stands now; what is left out stays. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `projects:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Projects.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project is gone; what was made in it stays, and is in no project. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `scope_missing`: an API key needs the scope `projects:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Files.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those of this kind. */
                kind?: "result" | "reference" | "upload";
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your own, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilesPage"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `storage:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Files.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `storage:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Files.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file and its object are gone; what a running generation uses is refused with 409. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `scope_missing`: an API key needs the scope `storage:write`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Files.sign": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignFileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedFileResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `storage:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Files.stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageStatsResponse"];
                };
            };
            /** @description `scope_missing`: an API key needs the scope `storage:read`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Callbacks.receive": {
        parameters: {
            query: {
                /** @description Ours: whose callback this is. */
                job: unknown;
                /** @description Ours: that we gave out this link. */
                proof: unknown;
            };
            header?: {
                /** @description Ed25519 over id, user, time and body hash. */
                "X-Fal-Webhook-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Received, for the first time or again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Health.report[0]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
        };
    };
    "Health.live[0]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "Health.ready[0]": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
        };
    };
    "Metrics.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text format of Prometheus, version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "AiSwitch.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiStatusResponse"];
                };
            };
        };
    };
    "AiSwitch.toggle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToggleAiRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleAiResponse"];
                };
            };
        };
    };
    "Telemetry.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of this instance, since its start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelemetryResponse"];
                };
            };
        };
    };
}
