// Generated from docs/openapi.json by `npm run client`.
export interface paths {
    "/.well-known/gpc.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Learn that the service follows Global Privacy Control
         * @description A browser that sends Sec-GPC: 1 with the token of an account objects to the sale and the sharing of its data.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["PolicyPage.control"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/security.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Learn whom to tell about a vulnerability
         * @description As RFC 9116 has it. 404 while SECURITY_CONTACT is not set.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["SecurityText.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/velro-audit-checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the latest checkpoint of the audit log
         * @description A signed note of a transparency log: origin, size, root, time and the hash of the one before.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Checkpoint.latest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/access-review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Review who may do what
         * @description Administrators with their factor and last use, API keys that nobody uses, and when that was last attested.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AccessReview.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/access-review/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Attest that access was reviewed
         * @description With who did it, when, and how many administrators and stale keys there were: an entry of the audit log.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AccessReview.attest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/access-review/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the review as CSV
         * @description Administrators, then stale keys.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AccessReview.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all agents
         * @description By name; published or not.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminAgents.list"];
        put?: never;
        /**
         * Create an agent
         * @description As a draft: nobody can ask it before it is published.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminAgents.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an agent with its latest version
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminAgents.get"];
        /**
         * Change an agent
         * @description What is left out stays. Name and default take effect at once; the rest goes into a draft, and a published version is never changed. A draft cannot be the default one. Without a default one the built-in assistant answers, which has no disclosure.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        put: operations["AdminAgents.change"];
        post?: never;
        /**
         * Take an agent away
         * @description Nobody can ask it any more; its conversations stay. In place of the default one the built-in assistant answers, which has no disclosure, until another one is the default.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        delete: operations["AdminAgents.archive"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/knowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what an agent knows
         * @description The newest first.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Knowledge.list"];
        put?: never;
        /**
         * Add to what an agent knows
         * @description In its draft: published with it.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Knowledge.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/knowledge/{entry_id}": {
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
         * Remove from what an agent knows
         * @description In its draft: earlier versions keep the entry.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        delete: operations["Knowledge.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish an agent
         * @description It answers from the next message on, on every instance. One whose model or origins this service no longer has is refused.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminAgents.publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go back to an earlier version of an agent
         * @description With its instructions and its knowledge. The draft stays. A version whose model or origins this service no longer has is refused.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminAgents.rollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try out an agent
         * @description One question to any version. Nothing is stored; it is paid as any call.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminAgents.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of an agent
         * @description The latest first.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminAgents.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the audit log
         * @description That it was read is an entry of its own.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a checkpoint of the audit log
         * @description Signed, for a copy elsewhere: it shows later what was there.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Audit.checkpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log
         * @description In the order of time, as a file. Without `details` what entries say stays sealed. A file that ends early was not all.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Audit.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the audit log
         * @description For some seconds; go on with `next_stream` until that is null. As `npm run audit:verify`.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Audit.verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the budgets and what is spent of them
         * @description Of today and of this month in UTC: of language models, and of generations.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminUsage.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/controls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the controls
         * @description What must be true of a deployment, as the service, its database and its records show it now: each with what was seen. What only answers over the network or the files of a checkout show, `npm run security:audit` adds.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Controls.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/controls/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Attest a control
         * @description For what no program can see: that it is true at this moment. With who said so, an entry of the audit log; it has to be said again after the days that the control names.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Controls.attest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/controls/audits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a security audit
         * @description How many lines were which, as `npm run security:audit` saw them: an entry of the audit log.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Controls.record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/credits/adjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adjust a balance
         * @description The entry stands in the ledger with its reason, and the account's owner sees it.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminCredits.adjust"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs that failed for good
         * @description The latest first: replies of Messenger that were not sent, or of which nobody knows it.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Jobs.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/jobs/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a job done again
         * @description One whose end is unknown may be done twice. A reply is sent within 24 hours of the person’s last message.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Jobs.replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/messenger/pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the pages with an agent of their own
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminMessenger.listPages"];
        /**
         * Choose the agent of a page
         * @description From its next message on.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        put: operations["AdminMessenger.choose"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/messenger/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the people who write to pages
         * @description The latest first, by their pseudonyms: nobody here knows who they are.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminMessenger.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/messenger/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take a conversation over, hand it back, or block a person
         * @description What waits for an answer meanwhile is not answered.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        put: operations["AdminMessenger.change"];
        post?: never;
        /**
         * Delete all that is stored of a person
         * @description Of a blocked person the pseudonym stays, by which the block holds.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        delete: operations["AdminMessenger.forget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/privacy/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See whether data is kept for longer than promised
         * @description The rules of retention, and what there is beyond them. It names nobody.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Retention.report"];
        put?: never;
        post?: never;
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
        /**
         * List blocks in force
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Security.blocks"];
        put?: never;
        /**
         * Block an address
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Lift a block
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * List security events
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get the security posture
         * @description Threat levels, blocks in force and the events of the last day.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Send a test alert
         * @description To every configured receiver, the webhook and the mail address, each with its own retries.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["Security.testAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what everybody used
         * @description By person, model, API key or day in UTC; the dearest of them.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminUsage.all"];
        put?: never;
        post?: never;
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
        /**
         * List accounts
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get an account
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminUsers.get"];
        /**
         * Change the role of an account, or disable it
         * @description Every session, token and API key of the account ends with either.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        put: operations["AdminUsers.change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/privacy-choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a person agreed to, refused or objected to
         * @description Every choice with its time and the hash of its text, the latest first: the proof.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminConsents.history"];
        put?: never;
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
        /**
         * List the sessions of an account
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminUsers.sessions"];
        put?: never;
        post?: never;
        /**
         * End every session of an account
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        delete: operations["AdminUsers.endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the webhook endpoints of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminWebhookEndpoints.list"];
        put?: never;
        /**
         * Create a webhook endpoint of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}": {
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
         * Delete a webhook endpoint of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        delete: operations["AdminWebhookEndpoints.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries to a webhook endpoint of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AdminWebhookEndpoints.listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver a webhook of the service
         * @description With its `webhook-id`, and with all attempts, whatever became of it before.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a disabled webhook endpoint of the service
         * @description As if it had never failed. What was cancelled can be redelivered.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.enable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver all webhooks of the service since a time
         * @description Behind the answer, a few at a time. What waits is left as it is. Once in ten minutes; the same again changes nothing.
         *
         *     For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.redeliverSince"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of a webhook endpoint of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to a webhook endpoint of the service
         * @description For the roles admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Only from ADMIN_IP_ALLOWLIST, where that is set. Limit `admin`: 100 a minute unless configured otherwise.
         */
        post: operations["AdminWebhookEndpoints.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agents
         * @description Those that can be asked.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Agents.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an agent
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Agents.get"];
        put?: never;
        post?: never;
        delete?: never;
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
        /**
         * List your API keys
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["ApiKeys.list"];
        put?: never;
        /**
         * Create an API key
         * @description For the roles user, admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Revoke an API key
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        delete: operations["ApiKeys.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the limits of an API key
         * @description And what it has used of them.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["ApiKeys.limits"];
        /**
         * Set the limits of an API key
         * @description All of them: what is left out is no limit. What the key has used already counts.
         *
         *     For the roles user, admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        put: operations["ApiKeys.setLimits"];
        post?: never;
        delete?: never;
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
        /**
         * Rotate an API key
         * @description For the roles user, admin, super_admin. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Ask for another e-mail address
         * @description Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `password_reset`: 3 an hour unless configured otherwise.
         */
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
        /**
         * Confirm the new e-mail address
         * @description Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Send the verification mail again
         * @description To an address that is not verified yet.
         */
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
        /**
         * Verify the e-mail address and choose the password
         * @description With the token of the link from the mail. The password of the registration is not kept.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Exchange a Supabase token
         * @description For a frontend that signed a user in by a social, link, passkey or web3 login of supabase-js.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Sign in
         * @description With a second factor the answer is a challenge for `POST /auth/mfa/verify`: look at `mfa_required` first.
         *
         *     Limit `auth_login`: 3 an hour unless configured otherwise.
         */
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
        /**
         * Sign out
         * @description For the roles user, viewer, admin, super_admin, enrolling. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get your account
         * @description For the roles user, viewer, admin, super_admin, enrolling. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Remove the second factor
         * @description Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Activate the second factor
         * @description Shows the recovery codes, this once.
         *
         *     For the roles user, viewer, admin, super_admin, enrolling. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Enrol a second factor
         * @description For the roles user, viewer, admin, super_admin, enrolling. Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Make new recovery codes
         * @description The old ones are void.
         *
         *     Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Answer the second factor
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Change the password
         * @description Limit `password_reset`: 3 an hour unless configured otherwise.
         */
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
        /**
         * Ask for a password reset
         * @description A mail with a link goes to the address, where it has an account.
         */
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
        /**
         * Reset the password
         * @description With the token of the link from the mail.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Change your name
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Renew the tokens
         * @description A refresh token is good for one refresh; repeats of a lost answer give the same successor.
         *
         *     Limit `auth_refresh`: 20 an hour unless configured otherwise.
         */
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
        /**
         * Register
         * @description 201 with tokens; or 202 where the e-mail address has to be verified first, for known and unknown addresses alike.
         */
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
        /**
         * Get the claims of the token
         * @description For the roles user, viewer, admin, super_admin, enrolling. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * List your sessions
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * End one of your sessions
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Prove your identity again
         * @description Password, or a code where the account has a second factor; the new token opens what requires a fresh proof.
         *
         *     For the roles user, viewer, admin, super_admin, enrolling. Limit `password_reset`: 3 an hour unless configured otherwise.
         */
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
        /**
         * Check the access token
         * @description For the roles user, viewer, admin, super_admin, enrolling. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["Auth.validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask an assistant
         * @description As JSON, or as a stream where `Accept` names text/event-stream. The body of the AI SDK is taken as well, and streamed by default. The answer is given to its end though the client goes away.
         *
         *     For the roles user, admin, super_admin. Limit `chat`: 30 a minute unless configured otherwise.
         */
        post: operations["Chat.send"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Come back to a running answer
         * @description The same as GET /conversations/{id}/stream, where the AI SDK looks for it.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Chat.resume"];
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
         * List your conversations
         * @description The latest first; or those with some words.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Conversations.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a conversation
         * @description With its messages, the latest first.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Conversations.get"];
        put?: never;
        post?: never;
        /**
         * Delete a conversation
         * @description A running answer is dropped with it.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        delete: operations["Conversations.remove"];
        options?: never;
        head?: never;
        /**
         * Rename a conversation
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        patch: operations["Conversations.rename"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/messages/{message_id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say how an answer was
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        put: operations["Conversations.rate"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a running answer
         * @description What came of it is kept.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["Conversations.stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Come back to a running answer
         * @description The answer from its start, on any instance.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Conversations.resume"];
        put?: never;
        post?: never;
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
        /**
         * Get your balance
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get the totals of your credits
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * List the entries of your ledger
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Report a violation of the content security policy
         * @description Sent by browsers.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * List your generations
         * @description Newest first.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Generations.list"];
        put?: never;
        /**
         * Order a generation
         * @description Accepted once it is paid for; follow it by its events.
         *
         *     For the roles user, admin, super_admin. Limit `generation_create`: 10 an hour unless configured otherwise.
         */
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
        /**
         * Get a generation
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Generations.get"];
        put?: never;
        post?: never;
        /**
         * Delete a generation
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Cancel a generation
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Follow a generation
         * @description A stream of server-sent events. Read it with `fetch`: the token goes into the Authorization header, never into the URL.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Mark a generation as favorite, or not
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get fresh links to the results
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Order a failed or cancelled generation again
         * @description For the roles user, admin, super_admin. Limit `generation_create`: 10 an hour unless configured otherwise.
         */
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
        /**
         * Get the totals of your generations
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get the health of the service
         * @description For people and monitors: degraded while something is away that not every request needs.
         */
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
        /**
         * Liveness probe
         * @description 200 while the process answers.
         */
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
        /**
         * Readiness probe
         * @description 200 while everything that each request needs is available.
         */
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
        /**
         * List models
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get a model
         * @description With the JSON Schema of its input and, where it reads a list of words, what it can draw.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Models.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openai/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a chat, as OpenAI does
         * @description Errors have the shape of OpenAI. An answer ends with its client; nothing of it is kept.
         *
         *     For the roles user, admin, super_admin. Limit `chat`: 30 a minute unless configured otherwise.
         */
        post: operations["OpenAi.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openai/images/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate a picture, as OpenAI does
         * @description A generation that is waited for, within OPENAI_DOOR_TIMEOUT_MS. Errors have the shape of OpenAI. A client that goes away ends nothing: the picture is made, paid, and listed with GET /generations. A repeated call (`x-stainless-retry-count` of 1 or more, the same body, within ten minutes) joins the first one.
         *
         *     For the roles user, admin, super_admin. Limit `generation_create`: 10 an hour unless configured otherwise.
         */
        post: operations["Images.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openai/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models for clients of OpenAI
         * @description Of language, and of pictures.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["OpenAi.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openai/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a model for clients of OpenAI
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["OpenAi.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openai/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a response, as OpenAI does
         * @description Errors have the shape of OpenAI. An answer ends with its client; nothing of it is kept. The subset that needs nothing that is kept: what was said comes with each request.
         *
         *     For the roles user, admin, super_admin. Limit `chat`: 30 a minute unless configured otherwise.
         */
        post: operations["OpenAi.respond"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what you may agree to
         * @description With the present texts, and what you decided last.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Consents.list"];
        /**
         * Agree, or take it back
         * @description Each choice is kept with its time and the version of the text. Without external_ai nothing of yours goes to AI providers.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        put: operations["Consents.change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See when your account is deleted
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["AccountDeletion.find"];
        put?: never;
        /**
         * Delete your account
         * @description After a time of grace the account is deleted with all that is in it, here and at the identity provider. A second request changes nothing.
         *
         *     Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["AccountDeletion.request"];
        /**
         * Keep your account
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        delete: operations["AccountDeletion.cancel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/do-not-sell": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See whether you object to the sale of your data
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Consents.findObjection"];
        /**
         * Object to the sale and the sharing of your data, or no longer
         * @description Nothing is sold or shared for advertising in any case; the choice is kept, with its time. A browser that sends Sec-GPC: 1 objects for you.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        put: operations["Consents.object"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export your data
         * @description All that the service has of you, as zips of JSON, pages to read, and your files. While one is at work, it is the answer.
         *
         *     Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["DataExport.request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/export/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an export
         * @description With links to its parts once it is ready.
         *
         *     Requires a proof of identity of the last 10 minutes (`POST /auth/step-up`). Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["DataExport.find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/privacy/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the privacy policy
         * @description To show it, and to say by its version and hash what was agreed to. As a page it is at /privacy.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["PrivacyPolicy.find"];
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
        /**
         * List your projects
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Projects.list"];
        put?: never;
        /**
         * Create a project
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get a project
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Projects.get"];
        /**
         * Change a project
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        put: operations["Projects.change"];
        post?: never;
        /**
         * Delete a project
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * List your files
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get a file
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Files.get"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Sign a link to a file
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get your use of the storage
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Files.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file
         * @description Stored once it is inspected: a picture is encoded anew, anything else is kept as it came.
         *
         *     For the roles user, admin, super_admin. Limit `upload`: 120 an hour unless configured otherwise.
         */
        post: operations["Uploads.upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a resumable upload
         * @description By tus 1.0.0 with creation, expiration and termination: a client of that protocol needs this address alone. The bytes of the file are held in the quota for a day.
         *
         *     For the roles user, admin, super_admin. Limit `upload`: 120 an hour unless configured otherwise.
         */
        post: operations["Resumable.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/uploads/{id}": {
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
         * Give a resumable upload up
         * @description A file that is stored stays.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        delete: operations["Resumable.remove"];
        options?: never;
        /**
         * Ask where a resumable upload stands
         * @description An error has no body here, as no answer to HEAD has.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        head: operations["Resumable.offset"];
        /**
         * Send bytes of a resumable upload
         * @description What comes before a connection breaks is kept. With its last bytes the file is inspected and stored, or refused like one that is uploaded in one request.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        patch: operations["Resumable.append"];
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what you used
         * @description Tokens, credits and what the providers charge for it, by day in UTC, model or API key.
         *
         *     Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["Usage.own"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/visitors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token for a visitor of your site
         * @description By the backend of the site, with an API key of the scope `visitors`; an access token is refused. The visitor’s browser asks the agent with it (`POST /chat`, `/conversations`), until it expires, the key is deleted, or the visitor moves into an account.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["Visitors.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/visitors/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a visitor’s conversations into your account
         * @description By whoever holds both tokens, once the address of the account is proven. The visitor’s tokens are revoked.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["Visitors.claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your webhook endpoints
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["WebhookEndpoints.list"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}": {
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
         * Delete a webhook endpoint
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        delete: operations["WebhookEndpoints.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries to a webhook endpoint
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["WebhookEndpoints.listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver a webhook
         * @description With its `webhook-id`, and with all attempts, whatever became of it before.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a disabled webhook endpoint
         * @description As if it had never failed. What was cancelled can be redelivered.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.enable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver all webhooks since a time
         * @description Behind the answer, a few at a time. What waits is left as it is. Once in ten minutes; the same again changes nothing.
         *
         *     For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.redeliverSince"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of a webhook endpoint
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to a webhook endpoint
         * @description For the roles user, admin, super_admin. Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        post: operations["WebhookEndpoints.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook/inbound": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive a message of another system
         * @description Signed with WEBHOOK_GATEWAY_SECRET; the same message may come more than once.
         *
         *     The sender signs its requests.
         */
        post: operations["Gateway.receive"];
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
        /**
         * Receive a callback of fal
         * @description Signed by fal with Ed25519; the same callback may come more than once.
         *
         *     The sender signs its requests.
         */
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
        /**
         * Get the health of the service
         * @description For people and monitors: degraded while something is away that not every request needs.
         */
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
        /**
         * Liveness probe
         * @description 200 while the process answers.
         */
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
        /**
         * Readiness probe
         * @description 200 while everything that each request needs is available.
         */
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
        /**
         * Get the metrics
         * @description Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Metrics.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops/ai/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask the language model whether it answers
         * @description A call like any other: behind the kill switch, counted against limits and budgets, and within AI_TIMEOUT_MS.
         *
         *     Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AiOperations.ping"];
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
        /**
         * Get the state of AI
         * @description The kill switch, who answers, and what language models have cost against their budgets.
         *
         *     Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["AiOperations.status"];
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
        /**
         * Turn the AI kill switch
         * @description Holds on every instance from the next request on. A body that is not exactly one of the two is refused and changes nothing.
         *
         *     Limit `admin`: 100 a minute unless configured otherwise.
         */
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
        /**
         * Get telemetry
         * @description Counts since the start of this instance, and the state of what it depends on.
         *
         *     Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["Telemetry.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ops/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the ages of keys
         * @description Age and end of every key and token in use, and what Meta says of the page. No key is shown.
         *
         *     Limit `admin`: 100 a minute unless configured otherwise.
         */
        get: operations["KeyWatch.read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the privacy policy
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["PolicyPage.page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/style.css": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the style of the privacy policy
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["PolicyPage.style"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook/messenger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Confirm the subscription of a page
         * @description Asked by Meta once, with FACEBOOK_VERIFY_TOKEN; answered by the digits that it sends.
         *
         *     The sender signs its requests.
         */
        get: operations["Messenger.verify"];
        put?: never;
        /**
         * Receive messages of Messenger
         * @description Signed by Meta with HMAC-SHA-256 over the raw body; the same message may come more than once.
         *
         *     The sender signs its requests.
         */
        post: operations["Messenger.receive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook/messenger/data-deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive a request for deletion
         * @description Signed by Meta within the form (signed_request).
         *
         *     The sender signs its requests.
         */
        post: operations["DataDeletion.receive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhook/messenger/data-deletion/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how far a request for deletion is
         * @description Limit `api_standard`: 100 a minute unless configured otherwise.
         */
        get: operations["DataDeletion.read"];
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
        AccessReviewResponse: {
            /**
             * Format: int64
             * @description How many there are, listed or not.
             */
            administrator_count: number;
            administrators: components["schemas"]["ReviewedAdministratorResponse"][];
            /**
             * Format: date-time
             * @description When the next attestation is due.
             */
            due_at: string;
            last_attestation: components["schemas"]["AttestationResponse"] | null;
            /**
             * Format: int64
             * @description How many there are, listed or not.
             */
            stale_key_count: number;
            stale_keys: components["schemas"]["StaleKeyResponse"][];
        };
        AccountDeletionResponse: {
            /**
             * Format: date-time
             * @description From then on the account is deleted, for good. Until then it works, and this can be cancelled.
             */
            due_at: string;
            /** Format: date-time */
            requested_at: string;
        };
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
            /**
             * Format: int64
             * @description For so long; a week at most.
             * @example 60
             */
            minutes: number;
            /**
             * @description What it was up to.
             * @enum {string|null}
             */
            reason?: "brute_force_attack" | "authentication_bypass" | "rate_limit_violation" | "malicious_input" | "reconnaissance" | null;
            /**
             * Format: uuid
             * @description Only this person at the address. Left out: whoever is not signed in there.
             */
            user_id?: string | null;
        };
        AddedKnowledgeResponse: {
            /** Format: uuid */
            id: string;
        };
        AddKnowledgeRequest: {
            /**
             * @description ISO 639-1: by its dictionary the entry is searched. Chinese, Japanese, Korean and Thai by pairs of characters, languages without a dictionary by their words as they are written.
             * @example en
             */
            language: string;
            /**
             * @description What is so.
             * @example The shop is open from nine to six on weekdays.
             */
            text: string;
            /**
             * @description What it is about.
             * @example Opening hours
             */
            title: string;
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
            /**
             * Format: int64
             * @description Added to the balance; negative takes away.
             * @example 25
             */
            amount: number;
            /**
             * @description Why: it stands in the ledger and is shown to the person.
             * @example compensation for an outage
             */
            reason: string;
            /**
             * Format: uuid
             * @description Whose balance.
             * @example 0193c1f0-7d1e-7cc0-9b57-2f7de54aa001
             */
            user_id: string;
        };
        AdminAgentDetail: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            is_default: boolean;
            /** Format: int64 */
            last_version: number;
            /** @description The latest version: the draft, where something was changed. */
            latest: components["schemas"]["AgentVersionResponse"];
            name: string;
            /**
             * Format: int64
             * @description The one that answers; null: nobody can ask it.
             */
            published_version: number | null;
            /** Format: date-time */
            updated_at: string;
        };
        AdminAgentResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            is_default: boolean;
            /** Format: int64 */
            last_version: number;
            name: string;
            /**
             * Format: int64
             * @description The one that answers; null: nobody can ask it.
             */
            published_version: number | null;
            /** Format: date-time */
            updated_at: string;
        };
        AdminAgentsResponse: {
            data: components["schemas"]["AdminAgentResponse"][];
        };
        AgentMessageData: {
            /**
             * Format: uuid
             * @description Who answers; the default agent where it is left out.
             */
            agent_id?: string;
            /** @description A conversation of the account that goes on, or the id of a new one; where it is left out, a new one with an id of ours. */
            conversation_id?: string;
            /**
             * @description The question.
             * @example What is the status of order 1042?
             */
            text: string;
            /**
             * Format: uuid
             * @description Who asks, and pays.
             * @example 0193c1f0-7d1e-7cc0-9b57-2f7de54aa001
             */
            user_id: string;
        };
        AgentQuestionMessage: {
            /** @description Of `agent.message`. */
            data: components["schemas"]["AgentMessageData"];
            /**
             * @description Id of the message at its sender: the same one again changes nothing.
             * @example evt_01JDPQ
             */
            id: string;
            /**
             * @description What it says.
             * @example agent.message
             * @enum {string}
             */
            type: "agent.message";
        };
        AgentResponse: {
            description: string;
            /** @description Stands before its first answer. */
            disclosure: string | null;
            /** Format: uuid */
            id: string;
            /** @description Whether it answers where no agent is named. */
            is_default: boolean;
            name: string;
        };
        AgentsResponse: {
            /** @description By name. */
            data: components["schemas"]["AgentResponse"][];
        };
        AgentTestResponse: {
            /** @description The model that answered. */
            model: string | null;
            /** @enum {string} */
            path: "ai" | "fallback";
            /** @enum {string} */
            reason?: "ai_disabled" | "consent_missing" | "provider_unavailable" | "user_rate_limit" | "global_rate_limit" | "budget_exceeded" | "ai_timeout" | "ai_error";
            reply: string;
            /** @description What it knew about it. */
            sources: components["schemas"]["SourceResponse"][];
            /** Format: int64 */
            version: number;
            /** @description Whether the answer was cut off, because it repeated the instructions. */
            withheld: boolean;
        };
        AgentVersionResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            daily_microusd: number | null;
            description: string;
            disclosure: string | null;
            is_public: boolean;
            /** Format: int64 */
            max_output_tokens: number;
            model: string | null;
            origins: string[];
            /**
             * Format: date-time
             * @description null: it is the draft.
             */
            published_at: string | null;
            restores_personal_data: boolean;
            system_prompt: string;
            /** Format: double */
            temperature: number | null;
            /** @enum {string} */
            thinking: "off" | "low" | "medium" | "high";
            /** Format: int64 */
            version: number;
        };
        AgentVersionsPage: {
            /**
             * Format: int64
             * @description The `before` of the next page; null on the last one.
             */
            before: number | null;
            /** @description The latest first. */
            data: components["schemas"]["AgentVersionResponse"][];
        };
        AiBudget: {
            day: components["schemas"]["AiBudgetPeriod"];
            month: components["schemas"]["AiBudgetPeriod"];
        };
        AiBudgetPeriod: {
            /**
             * Format: int64
             * @description At most. Millionths of a dollar.
             */
            cap_microusd: number;
            /**
             * Format: int64
             * @description Held for calls that run. Millionths of a dollar.
             */
            reserved_microusd: number;
            /**
             * Format: int64
             * @description Of settled calls. Millionths of a dollar.
             */
            spent_microusd: number;
        };
        AiLimits: {
            messenger: components["schemas"]["AiMessengerLimit"];
            /** @description Chat, the OpenAI-compatible routes, the operator. */
            other: components["schemas"]["AiOtherLimit"];
        };
        AiMessengerLimit: {
            /**
             * Format: int64
             * @description In the last minute, of all instances.
             */
            calls: number;
            /**
             * Format: int64
             * @description AI_MAX_CALLS_PER_MIN.
             */
            per_minute: number;
            /**
             * Format: int64
             * @description AI_MAX_CALLS_PER_MIN_PER_PSID.
             */
            per_person_and_minute: number;
        };
        AiOtherLimit: {
            /**
             * Format: int64
             * @description In the last minute, of all instances.
             */
            calls: number;
            /**
             * Format: int64
             * @description AI_MAX_CALLS_PER_MIN_OTHER.
             */
            per_minute: number;
        };
        AiPingResponse: {
            /**
             * @description Why no model answered.
             * @enum {string}
             */
            error?: "ai_disabled" | "provider_unavailable" | "user_rate_limit" | "global_rate_limit" | "budget_exceeded" | "ai_timeout" | "ai_error";
            /**
             * Format: int64
             * @description Milliseconds to the end of the answer.
             */
            latency_ms: number;
            /** @description Whether a model answered. */
            ok: boolean;
            /** @enum {string} */
            path: "ai" | "fallback";
        };
        AiRouting: {
            /**
             * @description open: the first provider has failed so often that it is left alone for a moment. Null: there is none.
             * @enum {string|null}
             */
            circuit: "closed" | "open" | "half_open" | null;
            /**
             * @description Who makes pictures and videos.
             * @enum {string}
             */
            generations: "fal" | "canvas";
            /**
             * @description Who answers for agents.
             * @enum {string}
             */
            language: "gemini" | "openai" | "local" | "none";
            /**
             * @description Who is asked when that one does not answer.
             * @enum {string|null}
             */
            second: "gemini" | "openai" | null;
        };
        AiStatusResponse: {
            /** @description AI_ENABLED and the stored switch. */
            ai_enabled: boolean;
            /** @description AI_ENABLED. */
            allowed_by_configuration: boolean;
            budget: components["schemas"]["AiBudget"];
            /** Format: date-time */
            changed_at: string;
            limits: components["schemas"]["AiLimits"];
            /** @description Null: there are no assistants. */
            model: string | null;
            /**
             * @description Of language models.
             * @enum {string}
             */
            provider: "gemini" | "openai" | "local" | "none";
            routing: components["schemas"]["AiRouting"];
            /** @description The stored switch alone. */
            switch: boolean;
            /** Format: int64 */
            timeout_ms: number;
        };
        AnswerChoice: {
            /** @enum {string} */
            finish_reason: "stop" | "length" | "content_filter" | "tool_calls";
            /** Format: int64 */
            index: number;
            message: components["schemas"]["AnswerMessage"];
        };
        AnswerMessage: {
            content: string | null;
            refusal: string | null;
            /** @enum {string} */
            role: "assistant";
            tool_calls?: components["schemas"]["MadeToolCall"][];
        };
        AnswerPiece: {
            content?: string | null;
            /** @enum {string} */
            role?: "assistant";
            tool_calls?: components["schemas"]["ToolCallPiece"][];
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
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write" | "openai" | "visitors")[];
        };
        ApiKeysResponse: {
            data: components["schemas"]["ApiKeyResponse"][];
        };
        AttestAccessRequest: {
            /**
             * @description What was looked at, and what was done about it.
             * @example All are still with us.
             */
            note: string;
        };
        AttestationResponse: {
            /** Format: int64 */
            administrators: number;
            /** Format: date-time */
            at: string;
            note: string;
            /** Format: uuid */
            reviewer_id: string | null;
            /** Format: int64 */
            stale_keys: number;
        };
        AttestControlRequest: {
            /**
             * @description Id of a control that is attested.
             * @example review/log-errors
             */
            control: string;
            /**
             * @description What was looked at, and what was done about it.
             * @example Read by code and route; two reported.
             */
            note: string;
        };
        AuditCheckResponse: {
            checkpoint_faults: components["schemas"]["CheckpointFaultResponse"][];
            /**
             * Format: int64
             * @description Checkpoints that were read: with the last stream.
             */
            checkpoints: number;
            /** @description Entries that were read. */
            entries: string;
            faults: components["schemas"]["AuditFaultResponse"][];
            /**
             * Format: int64
             * @description Where to go on; null when all is verified.
             */
            next_stream: number | null;
        };
        AuditEntryResponse: {
            action: string;
            /** @description HMAC-SHA-256 of its id. */
            actor: string | null;
            /** Format: date-time */
            at: string;
            /** @description Who did what to whom; null where that went with the account. */
            details: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            id: string;
            /** @description Its place there. */
            position: string;
            request_id: string | null;
            /**
             * Format: int64
             * @description The chain in which it stands.
             */
            stream: number;
            /** @description HMAC-SHA-256 of its id. */
            subject: string | null;
        };
        AuditFaultResponse: {
            /** @enum {string} */
            fault: "changed" | "removed" | "truncated" | "trimmed";
            position: string;
            /** Format: int64 */
            stream: number;
        };
        AuditPage: {
            data: components["schemas"]["AuditEntryResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        AuditTallyResponse: {
            /** Format: date-time */
            at: string;
            /** Format: int64 */
            attested: number;
            /** Format: int64 */
            fail: number;
            /** Format: int64 */
            not_applicable: number;
            /** Format: int64 */
            not_looked_at: number;
            /** Format: int64 */
            pass: number;
            /**
             * Format: uuid
             * @description Null once that account is gone.
             */
            reviewer_id: string | null;
        };
        BalanceResponse: {
            /**
             * Format: int64
             * @description What can be spent.
             */
            balance: number;
            /**
             * Format: int64
             * @description Held for generations and answers that are under way.
             */
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
            /** Format: int64 */
            score: number;
            /** @description How often what was seen. */
            signals: {
                [key: string]: number;
            };
            /** Format: uuid */
            user_id: string | null;
        };
        BlocksPage: {
            data: components["schemas"]["BlockResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        BudgetPeriodResponse: {
            /**
             * Format: int64
             * @description At most; null: no cap. Millionths of a dollar.
             */
            cap_microusd: number | null;
            /**
             * Format: int64
             * @description Held for what runs. Millionths of a dollar.
             */
            reserved_microusd: number;
            /**
             * Format: int64
             * @description Of what has ended. Millionths of a dollar.
             */
            spent_microusd: number;
        };
        BudgetResponse: {
            day: components["schemas"]["BudgetPeriodResponse"];
            month: components["schemas"]["BudgetPeriodResponse"];
        };
        BudgetsResponse: {
            ai: components["schemas"]["BudgetResponse"];
            generations: components["schemas"]["BudgetResponse"];
        };
        BudgetWebhook: {
            data: components["schemas"]["BudgetWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "budget.reached";
        };
        BudgetWebhookData: {
            /** @description Of the object; read it by its link. */
            id: string;
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /** @description A day or a month in UTC, as D2026-11-27 or M2026-11. */
            period: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
            /**
             * Format: double
             * @description Of the budget that is spent.
             */
            share: number;
        };
        CallbackReceivedResponse: {
            /** @enum {boolean} */
            received: true;
        };
        CalledFunction: {
            /** @description An object in JSON. */
            arguments: string;
            name: string;
        };
        CalledFunctionPiece: {
            /** @description More of the JSON. */
            arguments: string;
            name?: string;
        };
        ChangeAgentRequest: {
            /**
             * Format: int64
             * @description Millionths of a dollar that it may cost a day, a quarter of it by visitors together; null: no cap of its own.
             */
            daily_microusd?: number | null;
            /** @description What it is for, as people are told. */
            description?: string | null;
            /**
             * @description Stands before the first answer of a conversation, such as that a machine answers; null: nothing does.
             * @example You are talking to an AI system.
             */
            disclosure?: string | null;
            /** @description Whether it answers signed-in people where no agent is named; then no other one does. Only a published one can be it, as nobody can ask a draft. */
            is_default?: boolean | null;
            /** @description Whether visitors of a site may ask it, besides signed-in people. */
            is_public?: boolean | null;
            /**
             * Format: int64
             * @description Tokens of an answer, thoughts included.
             */
            max_output_tokens?: number | null;
            /** @description null: the configured model. */
            model?: string | null;
            /**
             * @description What it is called.
             * @example Shop
             */
            name?: string | null;
            /** @description Of the pages that may ask it, among CORS_ORIGINS; none: all of these. */
            origins?: string[] | null;
            /** @description Whether its answers in the chat have the values back that LEADSENSE_PII_REDACTION replaced in the question. They are kept without. */
            restores_personal_data?: boolean | null;
            /**
             * @description Its instructions. They are no secret, and must hold none.
             * @example You answer questions about our shop, briefly and in the language of the question.
             */
            system_prompt?: string | null;
            /**
             * Format: double
             * @description null: the provider's default.
             */
            temperature?: number | null;
            /**
             * @description How long the model thinks before it answers, where it can.
             * @enum {string|null}
             */
            thinking?: "off" | "low" | "medium" | "high" | null;
        };
        ChangeConsentsRequest: {
            /**
             * @description All of them are recorded, or none. What is left out stays.
             * @example [
             *       {
             *         "purpose": "external_ai",
             *         "given": true,
             *         "version": "2026-11-28"
             *       }
             *     ]
             */
            consents: components["schemas"]["ConsentChoice"][];
        };
        ChangeKeyLimitsRequest: {
            /**
             * Format: int64
             * @description Millionths of a dollar that it may cost a day at the providers; null: no cap of its own.
             * @example 500000
             */
            daily_microusd?: number | null;
            /**
             * @description Ids of the models that it may use; null: any.
             * @example [
             *       "velro/canvas"
             *     ]
             */
            models?: string[] | null;
            /**
             * Format: int64
             * @description Credits that the key may use in a month in UTC; null: no cap of its own.
             * @example 500
             */
            monthly_credits?: number | null;
            /**
             * Format: int64
             * @description The same of a month.
             * @example 5000000
             */
            monthly_microusd?: number | null;
        };
        ChangePersonRequest: {
            /** @description true: nothing that the person writes is stored or answered. false: again. */
            blocked?: boolean | null;
            /**
             * @description human: the agent is silent. bot: it answers from the next message on.
             * @enum {string|null}
             */
            mode?: "bot" | "human" | null;
        };
        ChangeProjectRequest: {
            /** @description What it is about; null clears it. */
            description?: string | null;
            /**
             * @description What it is called; not blank.
             * @example harbour at night
             */
            name?: string | null;
            /**
             * @description Who may look: its owner alone, or anybody who is signed in and knows its id.
             * @enum {string|null}
             */
            visibility?: "private" | "public" | null;
        };
        ChangeUserRequest: {
            /** @description true: nobody signs in to the account, and every token of it ends. false: enables it again. */
            disabled?: boolean | null;
            /**
             * @description The new role; every token of the person ends with the change.
             * @enum {string|null}
             */
            role?: "user" | "viewer" | "admin" | "super_admin" | null;
        };
        ChatBlockEvent: {
            /** @description Of its block. */
            id: string;
            /** @enum {string} */
            type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end";
        };
        ChatCompletionChunk: {
            choices: components["schemas"]["ChoicePiece"][];
            /** Format: int64 */
            created: number;
            id: string;
            model: string;
            /** @enum {string} */
            object: "chat.completion.chunk";
            /** @description With `include_usage`: null in all chunks but the last one, which has no choices. */
            usage?: components["schemas"]["CompletionUsage"] | null;
        };
        ChatCompletionRequest: {
            /**
             * Format: double
             * @description Above 0: rather no repetitions.
             */
            frequency_penalty?: number | null;
            /** @description false: they are not given. */
            logprobs?: boolean | null;
            /**
             * Format: int64
             * @description Tokens of the answer, thoughts included; 4096 when left out.
             */
            max_completion_tokens?: number | null;
            /**
             * Format: int64
             * @description The older name of max_completion_tokens.
             */
            max_tokens?: number | null;
            /**
             * @description What was said, oldest first: roles system, developer, user, assistant (with `tool_calls`) and tool. Content is text, or a list of parts of type text.
             * @example [
             *       {
             *         "role": "user",
             *         "content": "What is a credit?"
             *       }
             *     ]
             */
            messages: {
                [key: string]: unknown;
            }[];
            /** @description Taken, and not used. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description One of GET /openai/models.
             * @example gemini-2.5-flash-lite
             */
            model: string;
            /**
             * Format: int64
             * @description Answers: one.
             */
            n?: number | null;
            /** @description Whether several tools may be called at once. */
            parallel_tool_calls?: boolean | null;
            /**
             * Format: double
             * @description Above 0: rather new subjects.
             */
            presence_penalty?: number | null;
            /** @description Taken, and not used. */
            prompt_cache_key?: string | null;
            /**
             * @description How long it thinks before it answers, where it can; as little as it can when left out.
             * @enum {string|null}
             */
            reasoning_effort?: "none" | "minimal" | "low" | "medium" | "high" | null;
            /** @description Of type text, json_object or json_schema. */
            response_format?: {
                [key: string]: unknown;
            } | null;
            /** @description Taken, and not used. */
            safety_identifier?: string | null;
            /**
             * Format: int64
             * @description For answers that can be repeated.
             */
            seed?: number | null;
            /** @description Taken, and not used. */
            service_tier?: string | null;
            /** @description Texts at which the answer ends. */
            stop?: string | string[] | null;
            /** @description false: nothing of it is kept here. */
            store?: boolean | null;
            /** @description Whether the answer comes as server-sent events. */
            stream?: boolean | null;
            /** @description Of a stream. */
            stream_options?: components["schemas"]["StreamOptions"] | null;
            /**
             * Format: double
             * @description How freely the model chooses its words.
             */
            temperature?: number | null;
            /** @description `auto`, `none`, `required`, or one function. */
            tool_choice?: ("auto" | "none" | "required") | {
                [key: string]: unknown;
            } | null;
            /** @description Functions that the client runs. */
            tools?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Format: double
             * @description The share of likely words that it chooses among.
             */
            top_p?: number | null;
            /** @description Taken, and not used. */
            user?: string | null;
        };
        ChatCompletionResponse: {
            choices: components["schemas"]["AnswerChoice"][];
            /**
             * Format: int64
             * @description Seconds since 1970.
             */
            created: number;
            id: string;
            /** @description The model that answered. */
            model: string;
            /** @enum {string} */
            object: "chat.completion";
            usage: components["schemas"]["CompletionUsage"];
        };
        ChatDeltaEvent: {
            delta: string;
            /** @description Of its block. */
            id: string;
            /** @enum {string} */
            type: "text-delta" | "reasoning-delta";
        };
        ChatErrorEvent: {
            errorText: string;
            /** @enum {string} */
            type: "error";
        };
        ChatMessageResponse: {
            /** @description Of a question: ids of the pictures that it shows. */
            attachments: string[];
            /** Format: date-time */
            created_at: string;
            /**
             * @description How an answer ended.
             * @enum {string|null}
             */
            ended: "whole" | "stopped" | "broken" | null;
            /** @enum {string|null} */
            feedback: "up" | "down" | null;
            id: string;
            /** @description The model that answered. */
            model: string | null;
            /**
             * Format: int64
             * @description Its place in the conversation, from 1.
             */
            number: number;
            /**
             * @description Of an answer.
             * @enum {string|null}
             */
            path: "ai" | "fallback" | null;
            /**
             * @description Why no model answered, or why it broke off.
             * @enum {string|null}
             */
            reason: "ai_disabled" | "consent_missing" | "provider_unavailable" | "user_rate_limit" | "global_rate_limit" | "budget_exceeded" | "ai_timeout" | "ai_error" | null;
            /** @enum {string} */
            role: "user" | "assistant";
            /** @description What the agent knew about it. */
            sources: components["schemas"]["SourceResponse"][];
            text: string;
        };
        ChatResponse: {
            conversation_id: string;
            /**
             * @description How the answer ended.
             * @enum {string}
             */
            ended: "whole" | "stopped" | "broken";
            /** @description Of the answer. */
            message_id: string;
            /**
             * @description fallback: no model answered.
             * @enum {string}
             */
            path: "ai" | "fallback";
            /**
             * @description Why not, or why it broke off.
             * @enum {string}
             */
            reason?: "ai_disabled" | "consent_missing" | "provider_unavailable" | "user_rate_limit" | "global_rate_limit" | "budget_exceeded" | "ai_timeout" | "ai_error";
            reply: string;
            /** @description What the agent knew about it. */
            sources?: components["schemas"]["SourceResponse"][];
        };
        ChatSourceEvent: {
            /** @enum {string} */
            mediaType: "text/plain";
            sourceId: string;
            title: string;
            /** @enum {string} */
            type: "source-document";
        };
        ChatStartEvent: {
            /** @description Of the answer. */
            messageId: string;
            /** @enum {string} */
            type: "start";
        };
        ChatStepEvent: {
            /** @enum {string} */
            type: "start-step" | "finish-step" | "finish" | "abort";
        };
        CheckpointFaultResponse: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            fault: "forged" | "unlike";
            number: string;
        };
        CheckpointResponse: {
            /** Format: date-time */
            at: string;
            /** @description The signed note, to be kept elsewhere. */
            note: string;
            /** @description By which anybody verifies notes of this log. */
            verifier_key: string;
        };
        ChoicePiece: {
            delta: components["schemas"]["AnswerPiece"];
            /** @enum {string|null} */
            finish_reason: "stop" | "length" | "content_filter" | "tool_calls" | null;
            /** Format: int64 */
            index: number;
        };
        ChoosePageAgentRequest: {
            /**
             * Format: uuid
             * @description A published agent; null: the default one.
             * @example 0193c1f0-7d1e-7cc0-9b57-2f7de54aa100
             */
            agent_id?: string | null;
            /**
             * @description Id of the page at Facebook.
             * @example 104329857210001
             */
            page_id: string;
        };
        ClaimedVisitorResponse: {
            /**
             * Format: int64
             * @description Conversations that are the account’s now.
             */
            conversations: number;
        };
        ClaimVisitorRequest: {
            /**
             * @description The token of the visitor, as of now.
             * @example visitor_eyJ2aXNpdG9ySWQiOiIuLi4ifQ.c2lnbmF0dXJl
             */
            visitor_token: string;
        };
        CompletionDetails: {
            /** Format: int64 */
            reasoning_tokens: number;
        };
        CompletionUsage: {
            /** Format: int64 */
            completion_tokens: number;
            completion_tokens_details: components["schemas"]["CompletionDetails"];
            /** Format: int64 */
            prompt_tokens: number;
            prompt_tokens_details: components["schemas"]["PromptDetails"];
            /** Format: int64 */
            total_tokens: number;
        };
        ConsentChoice: {
            /** @description true: you agree. false: you refuse, or take it back. */
            given: boolean;
            /**
             * @description What for.
             * @enum {string}
             */
            purpose: "privacy_policy" | "external_ai";
            /** @description Of the text that you agree to; where you take something back it may be left out. */
            version?: string | null;
        };
        ConsentResponse: {
            /** Format: date-time */
            decided_at: string | null;
            /** @description Of the text that it was decided on. */
            decided_version: string | null;
            /** @enum {string} */
            purpose: "privacy_policy" | "external_ai";
            /**
             * @description none: never decided. withdrawn: refused, or taken back.
             * @enum {string}
             */
            state: "none" | "given" | "withdrawn";
            /** @description What is agreed to; null for the privacy policy, which is at /privacy/policy. */
            text: string | null;
            /** @description SHA-256 of the text; of the privacy policy as it is before the names of the operator are in it. */
            text_sha256: string;
            /** @description The day on which the text was written. */
            version: string;
        };
        ConsentsResponse: {
            data: components["schemas"]["ConsentResponse"][];
        };
        ControlCounts: {
            /** Format: int64 */
            attested: number;
            /** Format: int64 */
            fail: number;
            /** Format: int64 */
            not_applicable: number;
            /** Format: int64 */
            not_looked_at: number;
            /** Format: int64 */
            pass: number;
        };
        ControlResultResponse: {
            /** @description What was seen, or who attested it and when. */
            evidence: string;
            id: string;
            /** @description What to do where it fails. */
            remedy: string;
            /** @enum {string} */
            status: "fail" | "not_looked_at" | "attested" | "pass" | "not_applicable";
            /** @description What must be true. */
            title: string;
        };
        ControlsResponse: {
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @description When the next audit is due.
             */
            audit_due_at: string;
            /** @description Controls that the service itself can judge. */
            controls: components["schemas"]["ControlResultResponse"][];
            /** @description The last audit that was recorded. */
            last_audit: components["schemas"]["AuditTallyResponse"] | null;
        };
        ConversationDetail: {
            /**
             * Format: uuid
             * @description Who answers; null: no agent.
             */
            agent_id: string | null;
            /**
             * Format: int64
             * @description The `before` of the next page; null on the last one.
             */
            before: number | null;
            /** Format: date-time */
            created_at: string;
            id: string;
            /** @description The latest first. */
            messages: components["schemas"]["ChatMessageResponse"][];
            /** Format: int64 */
            messages_count: number;
            title: string;
            /** Format: date-time */
            updated_at: string;
        };
        ConversationResponse: {
            /**
             * Format: uuid
             * @description Who answers; null: no agent.
             */
            agent_id: string | null;
            /** Format: date-time */
            created_at: string;
            id: string;
            /** Format: int64 */
            messages_count: number;
            title: string;
            /** Format: date-time */
            updated_at: string;
        };
        ConversationsPage: {
            data: components["schemas"]["ConversationResponse"][];
            /** @description The `cursor` of the next page; null on the last one. */
            next_cursor: string | null;
        };
        ConversationWebhook: {
            data: components["schemas"]["ConversationWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "conversation.answered";
        };
        ConversationWebhookData: {
            /** @description Of the object; read it by its link. */
            id: string;
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
            /**
             * @description How the answer ended; fallback: no model answered, and a text says why.
             * @enum {string}
             */
            status: "whole" | "stopped" | "broken" | "fallback";
            /**
             * Format: uuid
             * @description Its account. For endpoints of the service alone.
             */
            user_id?: string;
        };
        CreateAgentRequest: {
            /**
             * Format: int64
             * @description Millionths of a dollar that it may cost a day, a quarter of it by visitors together; null: no cap of its own.
             */
            daily_microusd?: number | null;
            /** @description What it is for, as people are told. */
            description?: string | null;
            /**
             * @description Stands before the first answer of a conversation, such as that a machine answers; null: nothing does.
             * @example You are talking to an AI system.
             */
            disclosure?: string | null;
            /** @description Whether visitors of a site may ask it, besides signed-in people. */
            is_public?: boolean | null;
            /**
             * Format: int64
             * @description Tokens of an answer, thoughts included.
             */
            max_output_tokens?: number | null;
            /** @description null: the configured model. */
            model?: string | null;
            /**
             * @description What it is called.
             * @example Shop
             */
            name: string;
            /** @description Of the pages that may ask it, among CORS_ORIGINS; none: all of these. */
            origins?: string[] | null;
            /** @description Whether its answers in the chat have the values back that LEADSENSE_PII_REDACTION replaced in the question. They are kept without. */
            restores_personal_data?: boolean | null;
            /**
             * @description Its instructions. They are no secret, and must hold none.
             * @example You answer questions about our shop, briefly and in the language of the question.
             */
            system_prompt?: string | null;
            /**
             * Format: double
             * @description null: the provider's default.
             */
            temperature?: number | null;
            /**
             * @description How long the model thinks before it answers, where it can.
             * @enum {string|null}
             */
            thinking?: "off" | "low" | "medium" | "high" | null;
        };
        CreateApiKeyRequest: {
            /** @description Addresses and CIDR ranges from which it may be used; none: from anywhere. */
            addresses?: string[] | null;
            /**
             * Format: int64
             * @description Days until it expires; 90 when left out.
             */
            expires_in_days?: number | null;
            /**
             * @description What the key is for.
             * @example nightly pictures
             */
            name: string;
            /**
             * @description What it may do.
             * @example [
             *       "generations:read",
             *       "generations:write"
             *     ]
             */
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write" | "openai" | "visitors")[];
        };
        CreateGenerationForm: {
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
            /**
             * Format: binary
             * @description A PNG, JPEG or WebP as reference image, instead of `reference_image_url`.
             */
            reference_image?: Blob;
            /** @description Where a reference image lies: public https alone. A multipart body sends the file `reference_image` instead. */
            reference_image_url?: string;
        };
        CreateGenerationRequest: {
            /**
             * @description Id of a model.
             * @example velro/canvas
             */
            model_id: string;
            /** @description What to leave out, where the model takes it. */
            negative_prompt?: string | null;
            /** @description Parameters of the model; unknown ones are refused. */
            parameters?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: uuid
             * @description A project of yours.
             */
            project_id?: string | null;
            /**
             * @description What to make.
             * @example a lighthouse over a violet sea
             */
            prompt: string;
            /** @description Where a reference image lies: public https alone. A multipart body sends the file `reference_image` instead. */
            reference_image_url?: string | null;
        };
        CreateImageRequest: {
            /** @description One of the models of pictures; the first of them when left out. */
            model?: string | null;
            /**
             * @description Taken, and not used.
             * @enum {string|null}
             */
            moderation?: "auto" | null;
            /**
             * Format: int64
             * @description Pictures: one.
             */
            n?: number | null;
            /**
             * @description What the picture shows.
             * @example A red circle on white
             */
            prompt: string;
            /**
             * @description Taken, and not used.
             * @enum {string|null}
             */
            quality?: "auto" | "standard" | null;
            /**
             * @description The picture in base64, which is usual, or a signed link to it.
             * @enum {string|null}
             */
            response_format?: "b64_json" | "url" | null;
            /** @description `auto`, or width and height as 1024x1024, as far as the model can. */
            size?: string | null;
            /** @description Taken, and not used. */
            user?: string | null;
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
             * @enum {string|null}
             */
            visibility?: "private" | "public" | null;
        };
        CreateResponseRequest: {
            /** @description false: the answer is waited for. */
            background?: boolean | null;
            /** @description Taken, and not used. */
            include?: string[] | null;
            /**
             * @description A question, or what was said, oldest first: items of type message, function_call and function_call_output. Items of an earlier answer are sent whole, since nothing is kept (`store: false`).
             * @example What is a credit?
             */
            input: string | {
                [key: string]: unknown;
            }[];
            /** @description What the model must obey. */
            instructions?: string | null;
            /**
             * Format: int64
             * @description Tokens of the answer, thoughts included; 4096 when left out.
             */
            max_output_tokens?: number | null;
            /** @description Taken, and not used. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description One of GET /openai/models.
             * @example gemini-2.5-flash-lite
             */
            model: string;
            /** @description Whether several tools may be called at once. */
            parallel_tool_calls?: boolean | null;
            /** @description Taken, and not used. */
            prompt_cache_key?: string | null;
            /** @description `effort`: how long it thinks, where it can. */
            reasoning?: {
                [key: string]: unknown;
            } | null;
            /** @description Taken, and not used. */
            safety_identifier?: string | null;
            /** @description Taken, and not used. */
            service_tier?: string | null;
            /** @description false: nothing is kept here. */
            store?: boolean | null;
            /** @description Whether the answer comes as server-sent events. */
            stream?: boolean | null;
            /**
             * Format: double
             * @description How freely the model chooses its words.
             */
            temperature?: number | null;
            /** @description `format`: of type text, json_object or json_schema. */
            text?: {
                [key: string]: unknown;
            } | null;
            /** @description `auto`, `none`, `required`, or one function. */
            tool_choice?: ("auto" | "none" | "required") | {
                [key: string]: unknown;
            } | null;
            /** @description Functions that the client runs. */
            tools?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * Format: double
             * @description The share of likely words that it chooses among.
             */
            top_p?: number | null;
            /**
             * @description Taken, and not used.
             * @enum {string|null}
             */
            truncation?: "auto" | "disabled" | null;
            /** @description Taken, and not used. */
            user?: string | null;
        };
        CreateServiceWebhookEndpointRequest: {
            /**
             * @description What it is for.
             * @example order system
             */
            description?: string | null;
            /**
             * @description What is sent to it: of every account, and of the service.
             * @example [
             *       "budget.reached",
             *       "security.event"
             *     ]
             */
            event_types: ("generation.completed" | "generation.failed" | "generation.cancelled" | "conversation.answered" | "credits.granted" | "budget.reached" | "security.event")[];
            /**
             * @description Where webhooks are posted: https, a public host, port 443. Redirects are not followed.
             * @example https://hooks.example.com/velro
             */
            url: string;
        };
        CreateVisitorRequest: {
            /**
             * Format: uuid
             * @description The agent that the visitor may ask; a public one.
             * @example 0193c1f0-7d1e-7cc0-9b57-2f7de54aa002
             */
            agent_id: string;
            /**
             * Format: uuid
             * @description Of a visitor who came before, so that their conversations go on; one that this key does not know becomes a new one.
             */
            visitor_id?: string | null;
        };
        CreateWebhookEndpointRequest: {
            /**
             * @description What it is for.
             * @example order system
             */
            description?: string | null;
            /**
             * @description What is sent to it.
             * @example [
             *       "generation.completed",
             *       "generation.failed"
             *     ]
             */
            event_types: ("generation.completed" | "generation.failed" | "generation.cancelled" | "conversation.answered" | "credits.granted")[];
            /**
             * @description Where webhooks are posted: https, a public host, port 443. Redirects are not followed.
             * @example https://hooks.example.com/velro
             */
            url: string;
        };
        CreditsGrantedData: {
            /**
             * Format: int64
             * @description Added to the balance.
             * @example 500
             */
            credits: number;
            /**
             * @description What for: it stands in the ledger and is shown to the person.
             * @example order 1042
             */
            reason: string;
            /**
             * Format: uuid
             * @description Whose balance.
             * @example 0193c1f0-7d1e-7cc0-9b57-2f7de54aa001
             */
            user_id: string;
        };
        CreditsGrantedMessage: {
            /** @description Of `credits.granted`. */
            data: components["schemas"]["CreditsGrantedData"];
            /**
             * @description Id of the message at its sender: the same one again changes nothing.
             * @example evt_01JDPQ
             */
            id: string;
            /**
             * @description What it says.
             * @example credits.granted
             * @enum {string}
             */
            type: "credits.granted";
        };
        CreditStatsResponse: {
            /**
             * Format: int64
             * @description By administrators, up and down.
             */
            adjusted: number;
            /**
             * Format: int64
             * @description Given at the start, by month and by top-ups.
             */
            granted: number;
            /**
             * Format: int64
             * @description Given back for failed and cancelled generations, and for questions without an answer.
             */
            released: number;
            /**
             * Format: int64
             * @description For completed generations, and for answers.
             */
            spent: number;
            /**
             * Format: int64
             * @description Of the last thirty days.
             */
            spent_30_days: number;
        };
        CreditsWebhook: {
            data: components["schemas"]["CreditsWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "credits.granted";
        };
        CreditsWebhookData: {
            /** @description Of the object; read it by its link. */
            id: string;
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
            /**
             * @description How they came: with the account, for the month, by an administrator, by a signed message.
             * @enum {string}
             */
            status: "starting" | "monthly" | "corrected" | "topped_up";
            /**
             * Format: uuid
             * @description Its account. For endpoints of the service alone.
             */
            user_id?: string;
        };
        DataExportPart: {
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            number: number;
            /**
             * Format: uri
             * @description A zip. Whoever has the link can fetch it until it expires.
             */
            url: string;
            /** Format: date-time */
            url_expires_at: string;
        };
        DataExportResponse: {
            /**
             * Format: date-time
             * @description Then it is deleted.
             */
            expires_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** @description None before it is ready. */
            parts: components["schemas"]["DataExportPart"][];
            /** Format: date-time */
            requested_at: string;
            /** @enum {string} */
            state: "working" | "ready" | "failed";
        };
        DeadJobResponse: {
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            ended_at: string;
            /**
             * Format: int64
             * @description Of the service that refused it.
             */
            error_code: number | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "messenger_reply";
            /**
             * @description unknown: it may have been done. expired: its time was over before it was.
             * @enum {string}
             */
            state: "failed" | "unknown" | "expired";
        };
        DeadJobsPage: {
            data: components["schemas"]["DeadJobResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        DeletionReceipt: {
            /** Format: uuid */
            confirmation_code: string;
            /** @description Where it says how far the request is. */
            url: string;
        };
        DoNotSellRequest: {
            /**
             * @description true: you object to the sale and the sharing of your data.
             * @example true
             */
            do_not_sell: boolean;
        };
        DoNotSellResponse: {
            /**
             * Format: date-time
             * @description null: you never decided.
             */
            decided_at: string | null;
            do_not_sell: boolean;
            /**
             * @description signal: your browser said so (Global Privacy Control).
             * @enum {string|null}
             */
            source: "request" | "signal" | null;
        };
        EmailChangeConfirmRequest: {
            /**
             * @description What the link of the mail to the new address carries.
             * @example token-of-the-link
             */
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
            /**
             * @description What the mail's link carries.
             * @example token-of-the-link
             */
            token: string;
        };
        EnrolmentResponse: {
            /**
             * Format: uri
             * @description The same as an otpauth URL.
             */
            otpauth_url: string;
            /** @description That URL as a QR code: a PNG in a data URL. */
            qr_code: string;
            /** @description In base 32, for typing into the app. Shown this once. */
            secret: string;
        };
        EventCountResponse: {
            /** Format: int64 */
            count: number;
            /** @enum {string} */
            event: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "upload_validation" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
            /** @enum {string} */
            level: "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
        };
        ExchangeRequest: {
            /**
             * @description An access token that Supabase issued to a social or link login.
             * @example eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIifQ.c2lnbmF0dXJl
             */
            supabase_access_token: string;
        };
        FavoriteRequest: {
            /** @description Default true. */
            favorite?: boolean | null;
        };
        FieldFault: {
            /**
             * @description The rule that it breaks.
             * @example is_email
             */
            code: string;
            /**
             * @description The path of the field, with dots between its parts.
             * @example email
             */
            field: string;
            /** @example email must be an email */
            message: string;
        };
        FileResponse: {
            /** Format: int64 */
            bytes: number;
            /** @example image/png */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Null: kept until deleted.
             */
            expires_at: string | null;
            /** @description What an upload is called; null for the others. */
            file_name: string | null;
            /**
             * Format: uuid
             * @description What a result came from.
             */
            generation_id: string | null;
            /** Format: int64 */
            height: number | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "result" | "reference" | "upload";
            /** @description Taken while the scanner was away: nobody reads it before it is scanned, and what is found infected is deleted. */
            quarantined: boolean;
            /** Format: int64 */
            width: number | null;
        };
        FilesPage: {
            data: components["schemas"]["FileResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        GalleryItemResponse: {
            /** Format: int64 */
            bytes: number;
            /** @example image/png */
            content_type: string;
            /** Format: int64 */
            height: number | null;
            /**
             * Format: uri
             * @description A link that expires.
             */
            url: string;
            /** Format: int64 */
            width: number | null;
        };
        GatewayReceipt: {
            /** @description Of `agent.message`: the conversation that the answer comes in. */
            conversation_id?: string;
            /**
             * @description duplicate_event: it was accepted before, and nothing was done again.
             * @enum {string}
             */
            status: "accepted" | "duplicate_event";
        };
        GenerationCancelledEvent: {
            data: components["schemas"]["GenerationResponse"];
            /**
             * @description The last event: its credits are back.
             * @enum {string}
             */
            event: "cancelled";
            /** @description Goes into Last-Event-ID of a reconnect. */
            id: string;
        };
        GenerationCompletedEvent: {
            data: components["schemas"]["GenerationResponse"];
            /**
             * @description The last event: its media are stored.
             * @enum {string}
             */
            event: "completed";
            /** @description Goes into Last-Event-ID of a reconnect. */
            id: string;
        };
        GenerationErrorResponse: {
            /** @enum {string} */
            code: "content_refused" | "parameters_refused" | "reference_refused" | "model_unknown" | "provider_failed" | "provider_refused" | "provider_timeout" | "provider_unavailable" | "media_refused" | "media_too_large";
        };
        GenerationFailedEvent: {
            data: components["schemas"]["GenerationResponse"];
            /**
             * @description The last event: its credits are back.
             * @enum {string}
             */
            event: "failed";
            /** @description Goes into Last-Event-ID of a reconnect. */
            id: string;
        };
        GenerationProgressEvent: {
            data: components["schemas"]["GenerationResponse"];
            /**
             * @description It is at the provider.
             * @enum {string}
             */
            event: "progress";
            /** @description Goes into Last-Event-ID of a reconnect. */
            id: string;
        };
        GenerationResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
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
            /** @example velro/canvas */
            model_id: string;
            negative_prompt: string | null;
            /** @description As they were sent, with the defaults of the model. */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * Format: int64
             * @description Percent; stays 0 where the provider does not say.
             */
            progress: number;
            /** Format: uuid */
            project_id: string | null;
            prompt: string;
            /**
             * Format: int64
             * @description How many wait before it, where that is known.
             */
            queue_position?: number;
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "failed" | "cancelled";
        };
        GenerationsPage: {
            data: components["schemas"]["GenerationResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        GenerationStatsResponse: {
            by_model: {
                [key: string]: number;
            };
            by_status: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description For those that were completed and not deleted since.
             */
            credits_spent: number;
            /** Format: int64 */
            total: number;
        };
        GenerationStatusEvent: {
            data: components["schemas"]["GenerationResponse"];
            /**
             * @description It waits in the queue.
             * @enum {string}
             */
            event: "status";
            /** @description Goes into Last-Event-ID of a reconnect. */
            id: string;
        };
        GenerationWebhook: {
            data: components["schemas"]["GenerationWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "generation.completed" | "generation.failed" | "generation.cancelled";
        };
        GenerationWebhookData: {
            /** @description Of the object; read it by its link. */
            id: string;
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
            /** @enum {string} */
            status: "completed" | "failed" | "cancelled";
            /**
             * Format: uuid
             * @description Its account. For endpoints of the service alone.
             */
            user_id?: string;
        };
        HealthResponse: {
            /** @enum {string} */
            ai_status: "enabled" | "disabled";
            /** @enum {string} */
            status: "healthy" | "degraded";
            /**
             * Format: int64
             * @description Seconds since the start.
             */
            uptime_s: number;
        };
        ImagesResponse: {
            /**
             * Format: int64
             * @description Seconds since 1970.
             */
            created: number;
            data: components["schemas"]["MadeImage"][];
        };
        IncompleteDetails: {
            /** @enum {string} */
            reason: "max_output_tokens" | "content_filter";
        };
        InputDetails: {
            /** Format: int64 */
            cached_tokens: number;
        };
        KeyLimitsResponse: {
            /** Format: int64 */
            daily_microusd: number | null;
            models: string[] | null;
            /** Format: int64 */
            monthly_credits: number | null;
            /** Format: int64 */
            monthly_microusd: number | null;
            /**
             * Format: int64
             * @description Of the present month in UTC, reserved ones included.
             */
            used_credits: number;
        };
        KeyReportResponse: {
            /** @description The most urgent first. */
            keys: components["schemas"]["WatchedKeyResponse"][];
            /**
             * @description The most urgent of all.
             * @enum {string}
             */
            level: "ok" | "notice" | "warning" | "critical";
            /** @description Null where no page is configured. */
            page: components["schemas"]["WatchedPageResponse"] | null;
        };
        KindUsageResponse: {
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            files: number;
        };
        KnowledgeEntryResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            language: string;
            text: string;
            title: string;
        };
        KnowledgePage: {
            data: components["schemas"]["KnowledgeEntryResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        LevelCounts: {
            /** Format: int64 */
            CRITICAL: number;
            /** Format: int64 */
            HIGH: number;
            /** Format: int64 */
            LOW: number;
            /** Format: int64 */
            MEDIUM: number;
        };
        LiveResponse: {
            /** @enum {string} */
            status: "live";
        };
        LoginRequest: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             * @example ada@example.com
             */
            email: string;
            /**
             * @description Its password.
             * @example tall-otter-paints-9-quiet-bridges
             */
            password: string;
        };
        LogoutRequest: {
            /**
             * @description Which sessions end: this one (default), the others, or all.
             * @enum {string|null}
             */
            scope?: "this" | "others" | "all" | null;
        };
        MadeImage: {
            b64_json?: string;
            /**
             * Format: uri
             * @description Valid for an hour.
             */
            url?: string;
        };
        MadeToolCall: {
            function: components["schemas"]["CalledFunction"];
            id: string;
            /** @enum {string} */
            type: "function";
        };
        ManagedUserResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            credits_balance: number;
            /** Format: date-time */
            disabled_at: string | null;
            /** Format: email */
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
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        MediaResponse: {
            /** Format: int64 */
            bytes: number;
            /** @example image/png */
            content_type: string;
            /** Format: int64 */
            height: number | null;
            /**
             * Format: uri
             * @description A link that expires.
             */
            url: string;
            /** Format: int64 */
            width: number | null;
        };
        MediaUrlResponse: {
            /** Format: int64 */
            bytes: number;
            /** @example image/png */
            content_type: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            height: number | null;
            /**
             * Format: uri
             * @description A link that expires.
             */
            url: string;
            /** Format: int64 */
            width: number | null;
        };
        MediaUrlsResponse: {
            data: components["schemas"]["MediaUrlResponse"][];
        };
        MessengerPeoplePage: {
            data: components["schemas"]["MessengerPersonResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        MessengerPersonResponse: {
            /** Format: date-time */
            blocked_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description When the person last wrote.
             */
            last_message_at: string | null;
            /** @enum {string} */
            mode: "bot" | "human";
            page_id: string;
            /** @description A keyed hash of the person’s id at this page. */
            pseudonym: string;
        };
        MessengerReceipt: {
            /**
             * @description What was new of it is stored.
             * @enum {string}
             */
            status: "accepted";
        };
        MfaRequiredResponse: {
            /**
             * Format: int64
             * @description Seconds.
             */
            expires_in: number;
            /** @enum {boolean} */
            mfa_required: true;
            /** @description Goes to /auth/mfa/verify with a code. */
            mfa_token: string;
        };
        MfaVerifyRequest: {
            /**
             * @description Six digits from the authenticator app, or a recovery code.
             * @example 123456
             */
            code: string;
            /**
             * @description What the right password gave.
             * @example AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            mfa_token: string;
        };
        ModelDetailsResponse: {
            /**
             * Format: int64
             * @description Credits for one generation.
             */
            credits_cost: number;
            /**
             * Format: int64
             * @description After so many seconds at the provider a generation is given up.
             */
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
            /**
             * Format: int64
             * @description Credits for one generation.
             */
            credits_cost: number;
            /**
             * Format: int64
             * @description After so many seconds at the provider a generation is given up.
             */
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
        /** @description An error as OpenAI writes it. The request is named by the header X-Request-Id. */
        OpenAiError: {
            error: {
                code: string;
                /** @description The cause; in development only. */
                debug?: string;
                message: string;
                param: string | null;
                /** @enum {string} */
                type: "invalid_request_error" | "server_error" | "requests" | "insufficient_quota";
            };
        };
        OpenAiModel: {
            /**
             * Format: int64
             * @description 0: it is not known here.
             */
            created: number;
            id: string;
            /** @enum {string} */
            object: "model";
            /** @enum {string} */
            owned_by: "velro";
        };
        OpenAiModelList: {
            data: components["schemas"]["OpenAiModel"][];
            /** @enum {string} */
            object: "list";
        };
        OpenAiResponse: {
            /**
             * Format: int64
             * @description Seconds since 1970.
             */
            created_at: number;
            error: {
                [key: string]: unknown;
            } | null;
            id: string;
            incomplete_details: components["schemas"]["IncompleteDetails"] | null;
            /** @description Nothing is repeated of the request. */
            instructions: string | null;
            /** Format: int64 */
            max_output_tokens: number | null;
            metadata: {
                [key: string]: unknown;
            };
            /** @description The model that answers. */
            model: string;
            /** @enum {string} */
            object: "response";
            output: (components["schemas"]["OutputMessage"] | components["schemas"]["OutputCall"])[];
            parallel_tool_calls: boolean;
            previous_response_id: string | null;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
            /** @enum {boolean} */
            store: false;
            /** Format: double */
            temperature: number | null;
            text: components["schemas"]["TextSettings"];
            /** @enum {string} */
            tool_choice: "auto";
            tools: Record<string, never>[];
            /** Format: double */
            top_p: number | null;
            /** @enum {string} */
            truncation: "disabled";
            usage: components["schemas"]["ResponseUsage"] | null;
        };
        OutputCall: {
            /** @description An object in JSON. */
            arguments: string;
            call_id: string;
            id: string;
            name: string;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
            /** @enum {string} */
            type: "function_call";
        };
        OutputDetails: {
            /** Format: int64 */
            reasoning_tokens: number;
        };
        OutputMessage: {
            content: components["schemas"]["OutputText"][];
            id: string;
            /** @enum {string} */
            role: "assistant";
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
            /** @enum {string} */
            type: "message";
        };
        OutputText: {
            annotations: Record<string, never>[];
            logprobs: Record<string, never>[];
            text: string;
            /** @enum {string} */
            type: "output_text";
        };
        PageAgentResponse: {
            /** Format: uuid */
            agent_id: string;
            page_id: string;
        };
        PageAgentsResponse: {
            data: components["schemas"]["PageAgentResponse"][];
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
            /**
             * @description The present password.
             * @example tall-otter-paints-9-quiet-bridges
             */
            current_password: string;
            /**
             * @description The new password.
             * @example quiet-otter-sings-7-tall-bridges
             */
            new_password: string;
        };
        PasswordResetConfirmRequest: {
            /**
             * @description The new password.
             * @example quiet-otter-sings-7-tall-bridges
             */
            new_password: string;
            /**
             * @description What the mail's link carries.
             * @example token-of-the-link
             */
            token: string;
        };
        PostureResponse: {
            /** @description Where alerts go. */
            alert_receivers: ("webhook" | "mail")[];
            /**
             * @description Whether the webhook gets alerts.
             * @enum {string}
             */
            alerts: "webhook" | "nowhere";
            /** Format: int64 */
            blocks_in_force: number;
            /** @description Controls that the service itself can judge, by what they are. */
            controls: components["schemas"]["ControlCounts"];
            /** @description Of the last 24 hours. */
            events_24h: components["schemas"]["EventCountResponse"][];
            /** @description Addresses and people by level, on this instance. */
            levels: components["schemas"]["LevelCounts"];
            /** @enum {string} */
            mode: "enforce" | "observe";
        };
        PrivacyChoiceResponse: {
            /** @description Agreed, read or objected; false: no longer. */
            chosen: boolean;
            /** Format: date-time */
            decided_at: string;
            purpose: string;
            /** @enum {string} */
            source: "request" | "signal";
            text_sha256: string;
            version: string;
        };
        PrivacyChoicesResponse: {
            data: components["schemas"]["PrivacyChoiceResponse"][];
        };
        PrivacyPolicyResponse: {
            /** @description Markdown. */
            text: string;
            /** @description SHA-256 of the text. */
            text_sha256: string;
            /** @description The day from which on it holds. */
            version: string;
            /** @description All there were, the latest first. */
            versions: string[];
        };
        /** @description A problem document (RFC 9457). Branch on `code`, which is stable; its texts are for people. */
        Problem: {
            /**
             * Format: int64
             * @description With `credits_insufficient`: what can be spent.
             */
            available?: number;
            /**
             * @description Later versions add codes: treat an unknown one by its status.
             * @enum {string}
             */
            code: "bad_request" | "host_missing" | "url_invalid" | "query_invalid" | "method_override_refused" | "json_invalid" | "json_too_complex" | "idempotency_key_invalid" | "switch_invalid" | "signature_missing" | "multipart_invalid" | "idempotency_effect_deleted" | "precondition_failed" | "tus_version_unsupported" | "range_unsatisfiable" | "object_gone" | "validation_failed" | "credentials_invalid" | "token_missing" | "token_invalid" | "operator_credentials_invalid" | "exchange_refused" | "refresh_token_invalid" | "mfa_token_invalid" | "mfa_code_invalid" | "step_up_required" | "key_credits_exceeded" | "credits_insufficient" | "forbidden" | "scope_missing" | "consent_missing" | "model_not_allowed" | "address_unproven" | "origin_refused" | "conversation_busy" | "nothing_to_repeat" | "conversations_exceeded" | "conversation_full" | "address_blocked" | "cross_site_refused" | "https_required" | "link_used" | "link_invalid" | "signature_invalid" | "uploads_disabled" | "mfa_enrolment_required" | "route_not_found" | "not_found" | "method_not_allowed" | "request_timeout" | "email_taken" | "email_change_unconfigured" | "mfa_already_active" | "mfa_not_enrolled" | "own_account" | "consent_outdated" | "consents_exceeded" | "data_exports_exceeded" | "last_administrator" | "own_address" | "alerts_unconfigured" | "blocks_exceeded" | "api_keys_exceeded" | "webhook_endpoints_exceeded" | "webhook_endpoint_disabled" | "webhook_endpoint_busy" | "generation_running" | "generation_finished" | "generation_not_repeatable" | "idempotency_key_running" | "agent_settled" | "agents_exceeded" | "knowledge_full" | "ai_disabled_by_configuration" | "projects_exceeded" | "balance_exceeded" | "length_required" | "body_too_large" | "url_too_long" | "content_type_unsupported" | "content_encoding_unsupported" | "expectation_failed" | "storage_quota_exceeded" | "idempotency_key_reused" | "upload_offset_conflict" | "upload_fragmented" | "file_name_refused" | "file_type_refused" | "file_refused" | "file_infected" | "file_quarantined" | "reference_refused" | "reference_gone" | "reference_too_large" | "reference_unreachable" | "project_unknown" | "visitor_token_invalid" | "agent_unknown" | "content_refused" | "model_unknown" | "streams_exceeded" | "concurrency_exceeded" | "busy" | "references_exceeded" | "uploads_exceeded" | "rate_limit_exceeded" | "account_guesses_exceeded" | "headers_too_large" | "internal_error" | "language_model_failed" | "generation_failed" | "language_model_unavailable" | "language_model_timeout" | "generation_pending" | "budget_exceeded" | "sign_ins_closed" | "ai_disabled" | "bad_gateway" | "gateway_timeout" | "unavailable";
            /** @description The cause; in development only. */
            debug?: string;
            detail: string;
            /** @description With `validation_failed`: which fields, and why. */
            errors?: components["schemas"]["FieldFault"][];
            /**
             * Format: uri
             * @example urn:uuid:0193c1f0-7d1e-7cc0-9b57-2f7de54aa001
             */
            instance: string;
            /**
             * Format: uuid
             * @description Name it when you report the error.
             */
            request_id: string;
            /**
             * Format: int64
             * @description With `credits_insufficient`: what it costs.
             */
            required?: number;
            /** Format: int32 */
            status: number;
            title: string;
            /**
             * Format: uri
             * @example urn:velro:problem:not_found
             */
            type: string;
        };
        ProfileRequest: {
            /** @description How the person is called; left out, the name is removed. */
            full_name?: string | null;
        };
        ProjectResponse: {
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /**
             * Format: int64
             * @description Whatever became of them.
             */
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
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        PromptDetails: {
            /** Format: int64 */
            cached_tokens: number;
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
        PublishAgentRequest: {
            /**
             * Format: int64
             * @description Left out: the latest one.
             */
            version?: number | null;
        };
        RateAnswerRequest: {
            /**
             * @description How the answer was; null: nothing is said of it.
             * @example up
             * @enum {string|null}
             */
            feedback?: "up" | "down" | null;
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
             * @description Whether the database was restored and has not been opened.
             * @enum {string}
             */
            restore: "none" | "unopened";
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
        RecordAuditRequest: {
            /**
             * Format: int64
             * @description Lines that were attested.
             * @example 40
             */
            attested: number;
            /**
             * Format: int64
             * @description Lines that failed.
             * @example 3
             */
            fail: number;
            /**
             * Format: int64
             * @description Lines that do not apply.
             * @example 12
             */
            not_applicable: number;
            /**
             * Format: int64
             * @description Lines that were not looked at.
             * @example 0
             */
            not_looked_at: number;
            /**
             * Format: int64
             * @description Lines that passed.
             * @example 210
             */
            pass: number;
        };
        RecoveryCodesResponse: {
            /** @description Each opens one sign-in without the app. Shown this once. */
            recovery_codes: string[];
        };
        RedeliverWebhooksRequest: {
            /**
             * Format: date-time
             * @description Of what was stored since then. Deliveries are kept for 30 days.
             * @example 2026-11-27T20:00:00Z
             */
            since: string;
            /**
             * @description `failed`: what was not delivered, also what was cancelled. `all`: what was delivered too.
             * @enum {string|null}
             */
            status?: "failed" | "all" | null;
        };
        ReferenceBoundsResponse: {
            /** @description Still pictures of these types, by their content. */
            content_types: string[];
            /** Format: int64 */
            max_bytes: number;
            /** Format: int64 */
            max_pixels: number;
            /**
             * Format: int64
             * @description Of either side.
             */
            max_side: number;
            /**
             * Format: int64
             * @description A larger picture is scaled down to so many pixels.
             */
            scaled_to_pixels: number;
        };
        RefreshRequest: {
            /**
             * @description The latest refresh token of the session.
             * @example AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
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
            full_name?: string | null;
            /**
             * @description At least 15 characters; spaces and any script are welcome.
             * @example tall-otter-paints-9-quiet-bridges
             */
            password: string;
        };
        RenameConversationRequest: {
            /**
             * @description Its new title.
             * @example Pictures
             */
            title: string;
        };
        ResponseEvent: {
            /** Format: int64 */
            sequence_number: number;
            type: string;
        };
        ResponseUsage: {
            /** Format: int64 */
            input_tokens: number;
            input_tokens_details: components["schemas"]["InputDetails"];
            /** Format: int64 */
            output_tokens: number;
            output_tokens_details: components["schemas"]["OutputDetails"];
            /** Format: int64 */
            total_tokens: number;
        };
        RetentionResponse: {
            data: components["schemas"]["RetentionStateResponse"][];
        };
        RetentionStateResponse: {
            /** @description Of Article 6 of the GDPR. */
            basis: string;
            /** @description For how long. */
            kept: string;
            kind: string;
            /**
             * Format: int64
             * @description Rows beyond that, a day after their task should have deleted them; of each table at most 1000 are counted. null: nothing is deleted by age.
             */
            overdue: number | null;
            purpose: string;
        };
        ReviewedAdministratorResponse: {
            /**
             * Format: int64
             * @description Living API keys.
             */
            api_keys: number;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description Known ones.
             */
            devices: number;
            /** Format: date-time */
            disabled_at: string | null;
            /** Format: email */
            email: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description When a session was last used; null: none is remembered.
             */
            last_used_at: string | null;
            mfa_enabled: boolean;
            /** @enum {string} */
            role: "user" | "viewer" | "admin" | "super_admin";
            /**
             * Format: int64
             * @description Open ones.
             */
            sessions: number;
            /** @description Unused for 90 days. */
            stale: boolean;
        };
        RollBackAgentRequest: {
            /**
             * Format: int64
             * @description An earlier version.
             * @example 1
             */
            version: number;
        };
        RotateApiKeyRequest: {
            /**
             * Format: int64
             * @description Seconds for which the old key still works; 86400 when left out.
             */
            overlap_seconds?: number | null;
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
            event: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "upload_validation" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
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
            /**
             * Format: int64
             * @description Equal events that this one stands for besides itself.
             */
            suppressed: number;
            text: string;
            trace_id: string | null;
            /** Format: uuid */
            user_id: string | null;
        };
        SecurityEventsPage: {
            data: components["schemas"]["SecurityEventResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one. Where several conditions are asked for, a page may hold fewer events than fit, or none, and have a next one.
             */
            next_cursor: string | null;
        };
        SecurityWebhook: {
            data: components["schemas"]["SecurityWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "security.event";
        };
        SecurityWebhookData: {
            /** @description Its name in the vocabulary of OWASP. */
            event: string;
            /** @description Of the object; read it by its link. */
            id: string;
            /** @enum {string} */
            level: "HIGH" | "CRITICAL";
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
        };
        SendChatRequest: {
            /**
             * Format: uuid
             * @description Who answers, of GET /agents; left out: the agent of the conversation, or the default one.
             */
            agent_id?: string | null;
            /** @description Ids of your stored pictures, which the question shows. */
            attachments?: string[] | null;
            /** @description The conversation; a new one when left out. A client may make the id itself. */
            conversation_id?: string | null;
            /** @description The same, as the AI SDK calls it. */
            id?: string | null;
            /**
             * @description What is asked.
             * @example How do I get a picture?
             */
            message?: string | null;
            /** @description Of the AI SDK: the answer that is given again, which is the latest. */
            messageId?: string | null;
            /** @description Of the AI SDK: of these, the text of the last message of the user is read, and nothing else. A client whose conversation is longer sends that one alone (`prepareSendMessagesRequest`). */
            messages?: {
                [key: string]: unknown;
            }[] | null;
            /**
             * @description Of the AI SDK: `regenerate-message` answers the latest question again.
             * @enum {string|null}
             */
            trigger?: "submit-message" | "regenerate-message" | null;
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
            /**
             * Format: int64
             * @description When the person last proved who they are; seconds since the epoch, 0 for a key.
             */
            auth_time: number;
            /** Format: int64 */
            exp: number;
            /** Format: int64 */
            iat: number;
            /** Format: uuid */
            jti: string;
            /** @enum {string} */
            role: "user" | "viewer" | "admin" | "super_admin" | "enrolling";
            /** @description What an API key may do; null for a person. */
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write" | "openai" | "visitors")[] | null;
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
            scopes: ("account:read" | "generations:read" | "generations:write" | "projects:read" | "projects:write" | "storage:read" | "storage:write" | "openai" | "visitors")[];
        };
        ShownWebhookEndpointResponse: {
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /**
             * Format: date-time
             * @description Nothing is sent to it since.
             */
            disabled_at: string | null;
            /**
             * @description `gone`: it answered 410. `failing`: nothing but failures for five days.
             * @enum {string|null}
             */
            disabled_reason: "gone" | "failing" | null;
            event_types: ("generation.completed" | "generation.failed" | "generation.cancelled" | "conversation.answered" | "credits.granted" | "budget.reached" | "security.event")[];
            /**
             * Format: date-time
             * @description The first failure since the last success.
             */
            failing_since: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description Until then, the secret before the last rotation signs as well.
             */
            previous_secret_expires_at: string | null;
            /**
             * Format: date-time
             * @description While what was sent to it since then is sent again.
             */
            redelivering_since: string | null;
            /** @description Verifies the signatures by Standard Webhooks. Not shown again. */
            secret: string;
            /** Format: uri */
            url: string;
        };
        SignedFileResponse: {
            /** Format: date-time */
            expires_at: string;
            /**
             * Format: uri
             * @description Anybody may fetch it until it expires.
             */
            url: string;
        };
        SignFileRequest: {
            /**
             * Format: int64
             * @description Seconds for which the link is good; 3600 when left out.
             */
            expires_in?: number | null;
        };
        SourceResponse: {
            /**
             * Format: uuid
             * @description Of the entry.
             */
            id: string;
            title: string;
        };
        StaleKeyResponse: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_used_at: string | null;
            name: string;
            prefix: string;
            scopes: string[];
            /** Format: uuid */
            user_id: string;
        };
        StepUpRequest: {
            /**
             * @description Six digits from the authenticator app, or a recovery code.
             * @example 123456
             */
            code?: string | null;
            /**
             * @description The password, where there is no second factor.
             * @example tall-otter-paints-9-quiet-bridges
             */
            password?: string | null;
        };
        StepUpResponse: {
            /** @description Goes into the Authorization header, as `Bearer` and the token. */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds.
             */
            expires_in: number;
        };
        StorageStatsResponse: {
            by_kind: components["schemas"]["UsageByKindResponse"];
            /**
             * Format: int64
             * @description What they weigh together.
             */
            bytes: number;
            /** Format: int64 */
            files: number;
            /**
             * Format: int64
             * @description What they may weigh together before nothing new is taken.
             */
            quota_bytes: number;
        };
        StreamOptions: {
            /** @description Taken, and not used. */
            include_obfuscation?: boolean;
            /** @description Whether the last chunk tells the tokens. */
            include_usage?: boolean;
        };
        TelemetryEvents: {
            /**
             * Format: int64
             * @description In the log alone.
             */
            dropped: number;
            /**
             * Format: int64
             * @description On their way to the database.
             */
            waiting: number;
        };
        TelemetryFeed: {
            /**
             * Format: int64
             * @description Since the last heartbeat.
             */
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
            /**
             * Format: int64
             * @description Being looked at or fetched by this instance.
             */
            following: number;
            /**
             * Format: int64
             * @description Being handed over to the provider by this instance.
             */
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
            /** Format: int64 */
            ai_calls_blocked_global: number;
            /** Format: int64 */
            ai_calls_blocked_per_psid: number;
            /** Format: int64 */
            ai_errors: number;
            events: components["schemas"]["TelemetryEvents"];
            /** Format: int64 */
            failed_auth_attempts: number;
            feed: components["schemas"]["TelemetryFeed"];
            generations: components["schemas"]["TelemetryGenerations"];
            limiter: components["schemas"]["TelemetryLimiter"];
            /** Format: int64 */
            malicious_input_detections: number;
            /** Format: int64 */
            rate_limit_violations: number;
            /** Format: int64 */
            security_header_violations: number;
            threats: components["schemas"]["TelemetryThreats"];
            /**
             * Format: int64
             * @description Seconds since the start.
             */
            uptime_s: number;
            /** Format: int64 */
            webhook_signature_failures: number;
        };
        TelemetryThreats: {
            /** Format: int64 */
            blocks_in_force: number;
            /** @description Addresses and people by level. */
            levels: {
                [key: string]: number;
            };
            /** @enum {string} */
            mode: "enforce" | "observe";
        };
        TestAgentRequest: {
            /**
             * @description What is asked.
             * @example When are you open?
             */
            message: string;
            /**
             * Format: int64
             * @description Left out: the latest one, published or not.
             */
            version?: number | null;
        };
        TestAlertResponse: {
            /**
             * Format: uuid
             * @description `webhook-id` of the alert that is on its way.
             */
            alert_id: string;
            /** @description For which it is stored. */
            receivers: ("webhook" | "mail")[];
        };
        TestWebhook: {
            data: components["schemas"]["TestWebhookData"];
            /**
             * Format: date-time
             * @description Of the event.
             */
            timestamp: string;
            /** @enum {string} */
            type: "webhook.test";
        };
        TestWebhookData: {
            /** @description Of the object; read it by its link. */
            id: string;
            /**
             * Format: uri
             * @description Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.
             */
            link?: string;
            /**
             * Format: int64
             * @description Counts the events of the object: what has a lower number than one already seen is older.
             */
            sequence: number;
        };
        TextFormat: {
            /** @enum {string} */
            type: "text";
        };
        TextSettings: {
            format: components["schemas"]["TextFormat"];
        };
        ToggleAiRequest: {
            /**
             * @description Whether providers may be asked for anything new, on every instance.
             * @example true
             */
            enabled: boolean;
        };
        ToggleAiResponse: {
            ai_enabled: boolean;
            changed: boolean;
            /** @description What held before. */
            previous_state: boolean;
        };
        TokensResponse: {
            /** @description Goes into the Authorization header, as `Bearer` and the token. */
            access_token: string;
            /** @description After a sign-in: send it back as X-Device-Token, and strangers cannot lock you out. */
            device_token?: string;
            /**
             * Format: int64
             * @description Seconds until the access token expires.
             */
            expires_in: number;
            /**
             * @description Tells it from an answer that asks for the second factor.
             * @enum {boolean}
             */
            mfa_required: false;
            /** @description Good for one refresh. */
            refresh_token: string;
            /** @enum {string} */
            token_type: "Bearer";
            user: components["schemas"]["UserResponse"];
        };
        ToolCallPiece: {
            function: components["schemas"]["CalledFunctionPiece"];
            id?: string;
            /** Format: int64 */
            index: number;
            /** @enum {string} */
            type?: "function";
        };
        TransactionResponse: {
            /**
             * Format: int64
             * @description By how much what can be spent changed.
             */
            balance_change: number;
            /**
             * Format: uuid
             * @description Of an answer of a language model that costs credits.
             */
            call_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            generation_id: string | null;
            id: string;
            /** @enum {string} */
            kind: "grant" | "adjust" | "reserve" | "commit" | "release";
            /** @description Of an adjustment, of monthly credits and of a top-up. */
            reason: string | null;
            /**
             * Format: int64
             * @description By how much what is held changed.
             */
            reserved_change: number;
        };
        TransactionsPage: {
            data: components["schemas"]["TransactionResponse"][];
            /** @description The `cursor` of the next page; null on the last one. */
            next_cursor: string | null;
        };
        UploadFileForm: {
            /**
             * Format: binary
             * @description With its name and its type; at most MAX_FILE_SIZE bytes of a type in ALLOWED_FILE_TYPES.
             */
            file: Blob;
        };
        UsageByKindResponse: {
            reference: components["schemas"]["KindUsageResponse"];
            result: components["schemas"]["KindUsageResponse"];
            upload: components["schemas"]["KindUsageResponse"];
        };
        UsageResponse: {
            /** @enum {string} */
            by: "day" | "model" | "key" | "person";
            /** @description Days the latest first, all else the dearest first. */
            data: components["schemas"]["UsageSumResponse"][];
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
        };
        UsageSumResponse: {
            /**
             * Format: int64
             * @description Of the prompt, and cheaper.
             */
            cached_tokens: number;
            /**
             * Format: int64
             * @description Answers of models, and generations that ended.
             */
            calls: number;
            /**
             * Format: int64
             * @description At the providers. Millionths of a dollar.
             */
            cost_microusd: number;
            /**
             * Format: int64
             * @description Of the balance.
             */
            credits: number;
            /**
             * Format: int64
             * @description Of these: counted at what they can have cost at most.
             */
            estimated_calls: number;
            /**
             * Format: int64
             * @description Of answers, thoughts included.
             */
            output_tokens: number;
            /** Format: int64 */
            prompt_tokens: number;
            /** Format: int64 */
            thought_tokens: number;
            /** @description The day, the model, or the id; null: without an API key, or of nobody with an account. */
            value: string | null;
        };
        UserResponse: {
            /**
             * Format: int64
             * @description Credits that can be spent now.
             */
            credits_balance: number;
            /** Format: email */
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
        VerifyAuditRequest: {
            /**
             * Format: int64
             * @description `next_stream` of the request before.
             */
            from_stream?: number | null;
        };
        VisitorResponse: {
            /** Format: uuid */
            agent_id: string;
            /**
             * Format: int64
             * @description Seconds.
             */
            expires_in: number;
            /**
             * Format: uuid
             * @description For the next token of the same visitor.
             */
            visitor_id: string;
            /** @description For the visitor’s browser: `Authorization: Bearer …`. */
            visitor_token: string;
        };
        WatchedKeyResponse: {
            /**
             * Format: int64
             * @description Days since then.
             */
            age_days: number | null;
            /**
             * Format: int64
             * @description Below zero once it is over.
             */
            days_left: number | null;
            /**
             * Format: date-time
             * @description Null: it does not end, or nobody says when.
             */
            ends_at: string | null;
            /**
             * Format: date-time
             * @description When this service met it first.
             */
            first_seen_at: string | null;
            /** @enum {string} */
            kind: "key" | "token" | "version";
            /**
             * @description notice: in use for more than 90 days, or at its end within 30. warning: within 7. critical: within 3, or it is not valid.
             * @enum {string}
             */
            level: "ok" | "notice" | "warning" | "critical";
            /** @description A variable, or what belongs to it. */
            name: string;
        };
        WatchedPageResponse: {
            /** @description Whether FACEBOOK_APP_ID is set. */
            app_known: boolean;
            /**
             * Format: date-time
             * @description When Meta was asked last.
             */
            checked_at: string | null;
            /** @description Why Meta said nothing the last time. */
            failure: string | null;
            /** @description Whether Meta tells this app of what is written to the page. */
            subscribed: boolean | null;
            /** @description Null: not asked yet, or FACEBOOK_APP_ID is not set. */
            token_valid: boolean | null;
        };
        WebhookDeliveriesPage: {
            data: components["schemas"]["WebhookDeliveryResponse"][];
            /**
             * Format: uuid
             * @description The `cursor` of the next page; null on the last one.
             */
            next_cursor: string | null;
        };
        WebhookDeliveryResponse: {
            /**
             * Format: date-time
             * @description The last attempt; what follows is of it.
             */
            attempted_at: string | null;
            /**
             * Format: int64
             * @description Since it was made, or sent again by hand.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description Kept for 30 days.
             */
            created_at: string;
            /**
             * Format: int64
             * @description Milliseconds.
             */
            duration_ms: number | null;
            /**
             * @description Why there was no answer.
             * @enum {string|null}
             */
            error: "address_refused" | "name_unresolved" | "connection_failed" | "tls_failed" | "timeout" | "response_invalid" | "secret_unreadable" | null;
            /** @description The body, as JSON. */
            event: components["schemas"]["GenerationWebhook"] | components["schemas"]["ConversationWebhook"] | components["schemas"]["CreditsWebhook"] | components["schemas"]["BudgetWebhook"] | components["schemas"]["SecurityWebhook"] | components["schemas"]["TestWebhook"];
            /**
             * Format: uuid
             * @description The `webhook-id`, the same at every attempt.
             */
            id: string;
            /** Format: date-time */
            next_attempt_at: string | null;
            /** @description The first kilobyte of the answer, without what looks like personal data. */
            response_start: string | null;
            /** Format: int64 */
            response_status: number | null;
            /**
             * @description `failed`: there is no further attempt. `cancelled`: its endpoint was disabled.
             * @enum {string}
             */
            state: "waiting" | "delivered" | "failed" | "cancelled";
        };
        WebhookEndpointResponse: {
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /**
             * Format: date-time
             * @description Nothing is sent to it since.
             */
            disabled_at: string | null;
            /**
             * @description `gone`: it answered 410. `failing`: nothing but failures for five days.
             * @enum {string|null}
             */
            disabled_reason: "gone" | "failing" | null;
            event_types: ("generation.completed" | "generation.failed" | "generation.cancelled" | "conversation.answered" | "credits.granted" | "budget.reached" | "security.event")[];
            /**
             * Format: date-time
             * @description The first failure since the last success.
             */
            failing_since: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description Until then, the secret before the last rotation signs as well.
             */
            previous_secret_expires_at: string | null;
            /**
             * Format: date-time
             * @description While what was sent to it since then is sent again.
             */
            redelivering_since: string | null;
            /** Format: uri */
            url: string;
        };
        WebhookEndpointsResponse: {
            data: components["schemas"]["WebhookEndpointResponse"][];
        };
    };
    responses: {
        /** @description Bad Gateway: `language_model_failed`. */
        "BadGateway.openai.limited.language_model_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        BadRequest: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `signature_missing`, `url_invalid`. */
        "BadRequest.json_invalid.json_too_complex.signature_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `idempotency_key_invalid`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.limited.idempotency_key_invalid.json_invalid.json_too_complex": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `idempotency_key_invalid`, `json_invalid`, `json_too_complex`, `method_override_refused`, `multipart_invalid`, `query_invalid`, `url_invalid`. */
        "BadRequest.limited.idempotency_key_invalid.json_invalid.json_too_complex.multipart_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.limited.json_invalid.json_too_complex": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `json_invalid`, `json_too_complex`, `method_override_refused`, `multipart_invalid`, `query_invalid`, `url_invalid`. */
        "BadRequest.limited.json_invalid.json_too_complex.multipart_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `switch_invalid`, `url_invalid`. */
        "BadRequest.limited.json_invalid.json_too_complex.switch_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Bad Request: `bad_request`, `content_policy_violation`, `host_missing`, `idempotency_key_invalid`, `invalid_value`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.openai.limited.content_refused.idempotency_key_invalid.json_invalid.json_too_complex.reference_refused.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Bad Request: `bad_request`, `host_missing`, `invalid_value`, `json_invalid`, `json_too_complex`, `method_override_refused`, `query_invalid`, `url_invalid`. */
        "BadRequest.openai.limited.json_invalid.json_too_complex.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Conflict: `agent_settled`, `balance_exceeded`, `conversation_busy`, `conversation_full`, `conversations_exceeded`, `file_quarantined`, `nothing_to_repeat`. */
        "Conflict.agent_settled.balance_exceeded.conversation_busy.conversation_full.conversations_exceeded.file_quarantined.nothing_to_repeat": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `agent_settled`, `conversation_busy`, `conversation_full`, `conversations_exceeded`, `file_quarantined`, `nothing_to_repeat`. */
        "Conflict.limited.agent_settled.conversation_busy.conversation_full.conversations_exceeded.file_quarantined.nothing_to_repeat": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `agents_exceeded`. */
        "Conflict.limited.agents_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `agents_exceeded`, `knowledge_full`. */
        "Conflict.limited.agents_exceeded.knowledge_full": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `ai_disabled_by_configuration`. */
        "Conflict.limited.ai_disabled_by_configuration": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `alerts_unconfigured`. */
        "Conflict.limited.alerts_unconfigured": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `api_keys_exceeded`. */
        "Conflict.limited.api_keys_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `balance_exceeded`, `own_account`. */
        "Conflict.limited.balance_exceeded.own_account": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `blocks_exceeded`, `own_address`. */
        "Conflict.limited.blocks_exceeded.own_address": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `consent_outdated`, `consents_exceeded`. */
        "Conflict.limited.consent_outdated.consents_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `consents_exceeded`. */
        "Conflict.limited.consents_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `conversations_exceeded`. */
        "Conflict.limited.conversations_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `email_change_unconfigured`. */
        "Conflict.limited.email_change_unconfigured": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `email_taken`. */
        "Conflict.limited.email_taken": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `file_quarantined`. */
        "Conflict.limited.file_quarantined": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `generation_finished`. */
        "Conflict.limited.generation_finished": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `generation_not_repeatable`, `idempotency_key_running`. */
        "Conflict.limited.generation_not_repeatable.idempotency_key_running": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `generation_running`. */
        "Conflict.limited.generation_running": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `idempotency_key_running`. */
        "Conflict.limited.idempotency_key_running": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `last_administrator`. */
        "Conflict.limited.last_administrator": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `mfa_already_active`. */
        "Conflict.limited.mfa_already_active": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `mfa_already_active`, `mfa_not_enrolled`. */
        "Conflict.limited.mfa_already_active.mfa_not_enrolled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `mfa_not_enrolled`. */
        "Conflict.limited.mfa_not_enrolled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `own_account`. */
        "Conflict.limited.own_account": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `projects_exceeded`. */
        "Conflict.limited.projects_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `upload_fragmented`, `upload_offset_conflict`. */
        "Conflict.limited.upload_fragmented.upload_offset_conflict": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `webhook_endpoint_busy`, `webhook_endpoint_disabled`. */
        "Conflict.limited.webhook_endpoint_busy.webhook_endpoint_disabled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `webhook_endpoint_disabled`. */
        "Conflict.limited.webhook_endpoint_disabled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `webhook_endpoints_exceeded`. */
        "Conflict.limited.webhook_endpoints_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `idempotency_key_running`. */
        "Conflict.openai.limited.idempotency_key_running": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Expectation Failed: `expectation_failed`. */
        ExpectationFailed: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Expectation Failed: `expectation_failed`. */
        "ExpectationFailed.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Expectation Failed: `expectation_failed`. */
        "ExpectationFailed.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Failed Dependency: `generation_failed`. */
        "FailedDependency.openai.limited.generation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `https_required`. */
        Forbidden: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `origin_refused`, `signature_invalid`. */
        "Forbidden.forbidden.origin_refused.signature_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `https_required`. */
        "Forbidden.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `address_unproven`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `scope_missing`. */
        "Forbidden.limited.address_unproven.forbidden.mfa_enrolment_required.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `consent_missing`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `model_not_allowed`, `scope_missing`. */
        "Forbidden.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `consent_missing`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `model_not_allowed`, `scope_missing`, `uploads_disabled`. */
        "Forbidden.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing.uploads_disabled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `link_used`, `mfa_enrolment_required`, `scope_missing`. */
        "Forbidden.limited.forbidden.link_used.mfa_enrolment_required.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`. */
        "Forbidden.limited.forbidden.mfa_enrolment_required": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `origin_refused`, `scope_missing`. */
        "Forbidden.limited.forbidden.mfa_enrolment_required.origin_refused.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `scope_missing`. */
        "Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `scope_missing`, `uploads_disabled`. */
        "Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing.uploads_disabled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `https_required`, `link_used`. */
        "Forbidden.limited.link_used": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `address_blocked`, `consent_missing`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `model_not_allowed`, `scope_missing`. */
        "Forbidden.openai.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `forbidden`, `https_required`, `mfa_enrolment_required`, `scope_missing`. */
        "Forbidden.openai.limited.forbidden.mfa_enrolment_required.scope_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Forbidden: `address_blocked`, `cross_site_refused`, `https_required`, `signature_invalid`. */
        "Forbidden.signature_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Gateway Timeout: `language_model_timeout`. */
        "GatewayTimeout.openai.limited.language_model_timeout": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Gone: `idempotency_effect_deleted`. */
        "Gone.limited.idempotency_effect_deleted": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Gone: `object_gone`. */
        "Gone.limited.object_gone": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Gone: `idempotency_effect_deleted`. */
        "Gone.openai.limited.idempotency_effect_deleted": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Internal Server Error: `internal_error`. */
        InternalServerError: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal Server Error: `internal_error`. */
        "InternalServerError.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal Server Error: `internal_error`. */
        "InternalServerError.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Length Required: `length_required`. */
        "LengthRequired.limited.length_required": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `not_found`. */
        "NotFound.limited.not_found": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `not_found`. */
        "NotFound.not_found": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `model_not_found`. */
        "NotFound.openai.limited.model_unknown": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Not Found: `model_not_found`, `not_found`. */
        "NotFound.openai.limited.model_unknown.not_found": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Payload Too Large: `body_too_large`. */
        PayloadTooLarge: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Payload Too Large: `body_too_large`. */
        "PayloadTooLarge.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Payload Too Large: `body_too_large`, `storage_quota_exceeded`. */
        "PayloadTooLarge.limited.storage_quota_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Payload Too Large: `body_too_large`. */
        "PayloadTooLarge.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Payload Too Large: `body_too_large`, `storage_quota_exceeded`. */
        "PayloadTooLarge.openai.limited.storage_quota_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Payment Required: `credits_insufficient`, `key_credits_exceeded`. */
        "PaymentRequired.credits_insufficient.key_credits_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Payment Required: `credits_insufficient`, `key_credits_exceeded`. */
        "PaymentRequired.limited.credits_insufficient.key_credits_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Header Fields Too Large: `headers_too_large`. */
        RequestHeaderFieldsTooLarge: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Header Fields Too Large: `headers_too_large`. */
        "RequestHeaderFieldsTooLarge.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Header Fields Too Large: `headers_too_large`. */
        "RequestHeaderFieldsTooLarge.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Request Timeout: `request_timeout`. */
        RequestTimeout: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Timeout: `request_timeout`. */
        "RequestTimeout.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Timeout: `request_timeout`. */
        "RequestTimeout.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Service Unavailable: `unavailable`. */
        ServiceUnavailable: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `unavailable`. */
        "ServiceUnavailable.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `ai_disabled`, `budget_exceeded`, `unavailable`. */
        "ServiceUnavailable.limited.ai_disabled.budget_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `sign_ins_closed`, `unavailable`. */
        "ServiceUnavailable.limited.sign_ins_closed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `unavailable`. */
        "ServiceUnavailable.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Service Unavailable: `ai_disabled`, `unavailable`. */
        "ServiceUnavailable.openai.limited.ai_disabled": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Service Unavailable: `ai_disabled`, `language_model_unavailable`, `unavailable`. */
        "ServiceUnavailable.openai.limited.ai_disabled.language_model_unavailable": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Too Early: `generation_pending`. */
        "TooEarly.openai.limited.generation_pending": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Too Many Requests: `busy`. */
        "TooManyRequests.busy": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `rate_limit_exceeded`. */
        "TooManyRequests.busy.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `account_guesses_exceeded`, `busy`, `concurrency_exceeded`, `rate_limit_exceeded`. */
        "TooManyRequests.limited.account_guesses_exceeded.busy.concurrency_exceeded.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `account_guesses_exceeded`, `busy`, `rate_limit_exceeded`. */
        "TooManyRequests.limited.account_guesses_exceeded.busy.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `concurrency_exceeded`, `data_exports_exceeded`, `rate_limit_exceeded`. */
        "TooManyRequests.limited.busy.concurrency_exceeded.data_exports_exceeded.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `concurrency_exceeded`, `rate_limit_exceeded`. */
        "TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `concurrency_exceeded`, `rate_limit_exceeded`, `references_exceeded`. */
        "TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.references_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `concurrency_exceeded`, `rate_limit_exceeded`, `uploads_exceeded`. */
        "TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.uploads_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `rate_limit_exceeded`. */
        "TooManyRequests.limited.busy.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `rate_limit_exceeded`, `streams_exceeded`. */
        "TooManyRequests.limited.busy.rate_limit_exceeded.streams_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `busy`, `insufficient_quota`, `rate_limit_exceeded`, `references_exceeded`, `streams_exceeded`. */
        "TooManyRequests.openai.limited.budget_exceeded.busy.credits_insufficient.key_credits_exceeded.rate_limit_exceeded.references_exceeded.streams_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Too Many Requests: `busy`, `insufficient_quota`, `rate_limit_exceeded`, `streams_exceeded`. */
        "TooManyRequests.openai.limited.budget_exceeded.busy.credits_insufficient.key_credits_exceeded.rate_limit_exceeded.streams_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Too Many Requests: `busy`, `concurrency_exceeded`, `rate_limit_exceeded`. */
        "TooManyRequests.openai.limited.busy.concurrency_exceeded.rate_limit_exceeded": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Should-Retry": components["headers"]["X-Should-Retry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Unauthorized: `credentials_invalid`. */
        "Unauthorized.limited.credentials_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `credentials_invalid`, `exchange_refused`. */
        "Unauthorized.limited.credentials_invalid.exchange_refused": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `credentials_invalid`, `mfa_code_invalid`, `token_invalid`, `token_missing`. */
        "Unauthorized.limited.credentials_invalid.mfa_code_invalid.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `credentials_invalid`, `token_invalid`, `token_missing`. */
        "Unauthorized.limited.credentials_invalid.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `mfa_code_invalid`, `mfa_token_invalid`. */
        "Unauthorized.limited.mfa_code_invalid.mfa_token_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `mfa_code_invalid`, `step_up_required`, `token_invalid`, `token_missing`. */
        "Unauthorized.limited.mfa_code_invalid.step_up_required.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `operator_credentials_invalid`. */
        "Unauthorized.limited.operator_credentials_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `refresh_token_invalid`. */
        "Unauthorized.limited.refresh_token_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `step_up_required`, `token_invalid`, `token_missing`. */
        "Unauthorized.limited.step_up_required.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `token_invalid`, `token_missing`. */
        "Unauthorized.limited.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `invalid_api_key`. */
        "Unauthorized.openai.limited.token_invalid.token_missing": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Unauthorized: `token_invalid`. */
        "Unauthorized.token_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `agent_unknown`, `validation_failed`. */
        "UnprocessableEntity.agent_unknown.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `agent_unknown`, `validation_failed`. */
        "UnprocessableEntity.limited.agent_unknown.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `file_infected`, `file_name_refused`, `file_refused`, `file_type_refused`, `idempotency_key_reused`, `model_unknown`, `project_unknown`, `reference_refused`, `reference_too_large`, `reference_unreachable`, `validation_failed`. */
        "UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.idempotency_key_reused.model_unknown.project_unknown.reference_refused.reference_too_large.reference_unreachable.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `file_infected`, `file_name_refused`, `file_refused`, `file_type_refused`, `validation_failed`. */
        "UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `idempotency_key_reused`, `model_unknown`, `project_unknown`, `reference_gone`, `validation_failed`. */
        "UnprocessableEntity.limited.idempotency_key_reused.model_unknown.project_unknown.reference_gone.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `validation_failed`. */
        "UnprocessableEntity.limited.validation_failed": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `validation_failed`, `visitor_token_invalid`. */
        "UnprocessableEntity.limited.validation_failed.visitor_token_invalid": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `file_infected`, `file_name_refused`, `file_refused`, `file_type_refused`, `idempotency_key_reused`, `project_unknown`, `reference_too_large`, `reference_unreachable`. */
        "UnprocessableEntity.openai.limited.file_infected.file_name_refused.file_refused.file_type_refused.idempotency_key_reused.project_unknown.reference_too_large.reference_unreachable": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`. */
        UnsupportedMediaType: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`, `content_type_unsupported`. */
        "UnsupportedMediaType.content_type_unsupported": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`. */
        "UnsupportedMediaType.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`, `content_type_unsupported`. */
        "UnsupportedMediaType.limited.content_type_unsupported": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`. */
        "UnsupportedMediaType.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description Unsupported Media Type: `content_encoding_unsupported`, `content_type_unsupported`. */
        "UnsupportedMediaType.openai.limited.content_type_unsupported": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        /** @description URI Too Long: `url_too_long`. */
        URITooLong: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description URI Too Long: `url_too_long`. */
        "URITooLong.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description URI Too Long: `url_too_long`. */
        "URITooLong.openai.limited": {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The origin of the request, where CORS_ORIGINS has it. */
        "Access-Control-Allow-Origin": string;
        /** @description `true` when the answer is that of an earlier request with this Idempotency-Key. */
        "Idempotency-Replayed": "true";
        /** @description The path of what was made. */
        Location: string;
        /** @description What is left of the rule, and when it is whole again (draft-ietf-httpapi-ratelimit-headers). */
        RateLimit: string;
        /** @description The rule that counted. */
        "RateLimit-Policy": string;
        /** @description Seconds to wait before the request is sent again. */
        "Retry-After": number;
        /** @description The version of the protocol of resumable uploads. */
        "Tus-Resumable": "1.0.0";
        /** @description The version that is spoken here. */
        "Tus-Version": "1.0.0";
        /** @description When an unfinished upload is removed (RFC 9110). */
        "Upload-Expires": string;
        /** @description Bytes of the whole upload. */
        "Upload-Length": number;
        /** @description Bytes of the upload that are kept: the next one goes there. */
        "Upload-Offset": number;
        /** @description Requests of the window. */
        "X-RateLimit-Limit": number;
        /** @description Requests that are left of it. */
        "X-RateLimit-Remaining": number;
        /** @description Seconds until the window is over. */
        "X-RateLimit-Reset": number;
        /** @description Of this request, also in the logs. */
        "X-Request-Id": string;
        /** @description `false` where Retry-After is longer than 30 s: show it to the person instead of waiting. */
        "X-Should-Retry": "false";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "PolicyPage.control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        gpc: boolean;
                        /** Format: date */
                        lastUpdate: string;
                    };
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "SecurityText.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Checkpoint.latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccessReview.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessReviewResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccessReview.attest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "note": "All are still with us."
                 *     }
                 */
                "application/json": components["schemas"]["AttestAccessRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessReviewResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccessReview.export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "system_prompt": "You answer questions about our shop, briefly and in the language of the question.",
                 *       "disclosure": "You are talking to an AI system.",
                 *       "name": "Shop"
                 *     }
                 */
                "application/json": components["schemas"]["CreateAgentRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.agents_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "system_prompt": "You answer questions about our shop, briefly and in the language of the question.",
                 *       "disclosure": "You are talking to an AI system.",
                 *       "name": "Shop"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeAgentRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.agents_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone from every list. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Knowledge.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description Left out: the latest version. */
                version?: number;
            };
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgePage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Knowledge.add": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Opening hours",
                 *       "text": "The shop is open from nine to six on weekdays.",
                 *       "language": "en"
                 *     }
                 */
                "application/json": components["schemas"]["AddKnowledgeRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedKnowledgeResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.agents_exceeded.knowledge_full"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Knowledge.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                entry_id: string;
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no part of the draft any more. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.agents_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.publish": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["PublishAgentRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.rollBack": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["RollBackAgentRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminAgentDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "message": "When are you open?"
                 *     }
                 */
                "application/json": components["schemas"]["TestAgentRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentTestResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            402: components["responses"]["PaymentRequired.limited.credits_insufficient.key_credits_exceeded"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminAgents.versions": {
        parameters: {
            query?: {
                /** @description `before` of the page before: only earlier versions. */
                before?: number;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentVersionsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Audit.list": {
        parameters: {
            query?: {
                /** @description Only entries of this action. */
                action?: "user.created" | "user.signed_in" | "user.sessions_ended" | "user.role_changed" | "user.disabled" | "user.enabled" | "user.deleted" | "deletion.requested" | "deletion.cancelled" | "deletion.applied" | "export.requested" | "export.links_given" | "privacy.chosen" | "password.change_begun" | "password.change_ended" | "email.change_begun" | "email.change_ended" | "factor.activated" | "factor.removed" | "factor.codes_replaced" | "factor.code_used" | "key.created" | "key.rotated" | "key.revoked" | "key.limited" | "agent.created" | "agent.changed" | "agent.published" | "agent.archived" | "ai.switched" | "credits.adjusted" | "credits.topped_up" | "block.added" | "block.lifted" | "webhook.created" | "webhook.changed" | "webhook.removed" | "messenger.page_changed" | "messenger.person_changed" | "messenger.person_forgotten" | "personal_data.read" | "access.attested" | "control.attested" | "controls.audited" | "maintenance.reported" | "audit.read" | "audit.exported" | "audit.trimmed" | "configuration.loaded" | "database.restored" | "incident.opened" | "incident.isolated" | "incident.reopened" | "incident.noted" | "incident.affected" | "incident.notified" | "incident.evidence_kept" | "incident.closed";
                /** @description Only what this account did. */
                actor_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description From this moment on. */
                since?: string;
                /** @description Only what was done to this account. */
                subject_id?: string;
                /** @description Before this moment. */
                until?: string;
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Audit.checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Audit.export": {
        parameters: {
            query: {
                /** @description Only entries of this action. */
                action?: "user.created" | "user.signed_in" | "user.sessions_ended" | "user.role_changed" | "user.disabled" | "user.enabled" | "user.deleted" | "deletion.requested" | "deletion.cancelled" | "deletion.applied" | "export.requested" | "export.links_given" | "privacy.chosen" | "password.change_begun" | "password.change_ended" | "email.change_begun" | "email.change_ended" | "factor.activated" | "factor.removed" | "factor.codes_replaced" | "factor.code_used" | "key.created" | "key.rotated" | "key.revoked" | "key.limited" | "agent.created" | "agent.changed" | "agent.published" | "agent.archived" | "ai.switched" | "credits.adjusted" | "credits.topped_up" | "block.added" | "block.lifted" | "webhook.created" | "webhook.changed" | "webhook.removed" | "messenger.page_changed" | "messenger.person_changed" | "messenger.person_forgotten" | "personal_data.read" | "access.attested" | "control.attested" | "controls.audited" | "maintenance.reported" | "audit.read" | "audit.exported" | "audit.trimmed" | "configuration.loaded" | "database.restored" | "incident.opened" | "incident.isolated" | "incident.reopened" | "incident.noted" | "incident.affected" | "incident.notified" | "incident.evidence_kept" | "incident.closed";
                /** @description What entries say, in clear, instead of sealed as they are stored. */
                details?: "true" | "false";
                /** @description One JSON object a line, or CSV (RFC 4180). */
                format: "jsonl" | "csv";
                /** @description From this moment on. */
                since?: string;
                /** @description Before this moment; by default now. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Audit.verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["VerifyAuditRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheckResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsage.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Controls.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ControlsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Controls.attest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "control": "review/log-errors",
                 *       "note": "Read by code and route; two reported."
                 *     }
                 */
                "application/json": components["schemas"]["AttestControlRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ControlResultResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Controls.record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fail": 3,
                 *       "not_looked_at": 0,
                 *       "attested": 40,
                 *       "pass": 210,
                 *       "not_applicable": 12
                 *     }
                 */
                "application/json": components["schemas"]["RecordAuditRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ControlsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminCredits.adjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user_id": "0193c1f0-7d1e-7cc0-9b57-2f7de54aa001",
                 *       "amount": 25,
                 *       "reason": "compensation for an outage"
                 *     }
                 */
                "application/json": components["schemas"]["AdjustCreditsRequest"];
            };
        };
        responses: {
            /** @description The figures afterwards. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.balance_exceeded.own_account"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Jobs.list": {
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadJobsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Jobs.replay": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is tried again. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminMessenger.listPages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageAgentsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminMessenger.choose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "page_id": "104329857210001",
                 *       "agent_id": "0193c1f0-7d1e-7cc0-9b57-2f7de54aa100"
                 *     }
                 */
                "application/json": components["schemas"]["ChoosePageAgentRequest"];
            };
        };
        responses: {
            /** @description Chosen. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.agent_unknown.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminMessenger.list": {
        parameters: {
            query?: {
                /** @description Only those who are blocked, or who are not. */
                blocked?: "true" | "false";
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description Only those whom an agent, or a human, answers. */
                mode?: "bot" | "human";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessengerPeoplePage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminMessenger.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ChangePersonRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessengerPersonResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminMessenger.forget": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Retention.report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlocksPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "address": "203.0.113.7",
                 *       "minutes": 60
                 *     }
                 */
                "application/json": components["schemas"]["AddBlockRequest"];
            };
        };
        responses: {
            /** @description It holds on every instance. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.blocks_exceeded.own_address"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Security.lift": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lifted, and what led to it is forgiven. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                event?: "authn_login_success" | "authn_login_fail" | "authn_login_fail_max" | "authn_login_lock" | "authn_password_change" | "authn_token_created" | "authn_token_revoked" | "authn_token_reuse" | "authz_admin" | "authz_change" | "authz_fail" | "crypt_decrypt_fail" | "excess_rate_limit_exceeded" | "input_validation_fail" | "malicious_attack_tool" | "malicious_cors" | "malicious_csp_violation" | "malicious_csrf" | "malicious_excess_404" | "malicious_extraneous" | "malicious_sqli" | "mcp_prompt_injection" | "session_logout" | "session_use_after_expire" | "upload_validation" | "user_created" | "user_updated" | "sys_monitor_disabled" | "sys_monitor_enabled" | "sys_startup" | "sys_shutdown";
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityEventsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostureResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestAlertResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.alerts_unconfigured"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsage.all": {
        parameters: {
            query?: {
                /** @description By what it is summed; `person` when left out. */
                by?: "day" | "model" | "key" | "person";
                /** @description The first day in UTC; without it 30 days are shown. */
                from?: string;
                /** @description The last day in UTC; today when left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUsersPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsers.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUserResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsers.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ChangeUserRequest"];
            };
        };
        responses: {
            /** @description As it stands now; what is left out stays. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManagedUserResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.own_account"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminConsents.history": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most the latest 200. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrivacyChoicesResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsers.sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Living sessions, most recently used first. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminUsers.endSessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every session and token of the person has ended. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.own_account"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://hooks.example.com/velro",
                 *       "description": "order system",
                 *       "event_types": [
                 *         "budget.reached",
                 *         "security.event"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateServiceWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description The only answer that shows the secret. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownWebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.address_unproven.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoints_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is sent to it any more; its deliveries are deleted. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.listDeliveries": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveriesPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                delivery_id: string;
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.enable": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.redeliverSince": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-27T20:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["RedeliverWebhooksRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_busy.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A new secret. For a day webhooks are signed by the one before it as well. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownWebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AdminWebhookEndpoints.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is sent at once; look at the deliveries. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_busy.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Agents.list": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the answer that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentsResponse"];
                };
            };
            /** @description The client has the present answer. */
            304: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Agents.get": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the answer that the client has. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentResponse"];
                };
            };
            /** @description The client has the present answer. */
            304: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeysResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "name": "nightly pictures",
                 *       "scopes": [
                 *         "generations:read",
                 *         "generations:write"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The only answer that shows the key. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownApiKeyResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.api_keys_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "ApiKeys.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is dead, and the streams that it opened end. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "ApiKeys.limits": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyLimitsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "ApiKeys.setLimits": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "monthly_credits": 500,
                 *       "daily_microusd": 500000,
                 *       "monthly_microusd": 5000000,
                 *       "models": [
                 *         "velro/canvas"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ChangeKeyLimitsRequest"];
            };
        };
        responses: {
            /** @description In force from the next request on. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyLimitsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "ApiKeys.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["RotateApiKeyRequest"];
            };
        };
        responses: {
            /** @description A new key in place of the old one, which works until the overlap ends. The expiry stays. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownApiKeyResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "email": "ada@example.org"
                 *     }
                 */
                "application/json": components["schemas"]["EmailChangeRequest"];
            };
        };
        responses: {
            /** @description A link goes to the new address; what it carries goes to /auth/email-change-confirm. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.email_change_unconfigured"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "token": "token-of-the-link"
                 *     }
                 */
                "application/json": components["schemas"]["EmailChangeConfirmRequest"];
            };
        };
        responses: {
            /** @description A new pair: every older token is dead. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.link_used.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.email_taken"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Passwords.resend": {
        parameters: {
            query?: never;
            header?: {
                /** @description `device_token` of an earlier sign-in from this device: failures of others do not lock it out. */
                "X-Device-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description For known and unknown addresses alike. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
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
                /**
                 * @example {
                 *       "token": "token-of-the-link",
                 *       "password": "tall-otter-paints-9-quiet-bridges"
                 *     }
                 */
                "application/json": components["schemas"]["EmailVerifyRequest"];
            };
        };
        responses: {
            /** @description The address is verified and the password set: sign in. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid"];
            403: components["responses"]["Forbidden.limited.link_used"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
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
                /**
                 * @example {
                 *       "supabase_access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIifQ.c2lnbmF0dXJl"
                 *     }
                 */
                "application/json": components["schemas"]["ExchangeRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"] | components["schemas"]["MfaRequiredResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid.exchange_refused"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Auth.login": {
        parameters: {
            query?: never;
            header?: {
                /** @description `device_token` of an earlier sign-in from this device: failures of others do not lock it out. */
                "X-Device-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "tall-otter-paints-9-quiet-bridges"
                 *     }
                 */
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"] | components["schemas"]["MfaRequiredResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.account_guesses_exceeded.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Auth.logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.mfa_not_enrolled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["ActivateMfaRequest"];
            };
        };
        responses: {
            /** @description Active; every other session has ended. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.mfa_code_invalid.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.mfa_already_active.mfa_not_enrolled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.account_guesses_exceeded.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.mfa_already_active"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.mfa_not_enrolled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "SecondFactor.verify": {
        parameters: {
            query?: never;
            header?: {
                /** @description `device_token` of an earlier sign-in from this device: failures of others do not lock it out. */
                "X-Device-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "mfa_token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["MfaVerifyRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.mfa_code_invalid.mfa_token_invalid"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.account_guesses_exceeded.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
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
                /**
                 * @example {
                 *       "current_password": "tall-otter-paints-9-quiet-bridges",
                 *       "new_password": "quiet-otter-sings-7-tall-bridges"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChangeRequest"];
            };
        };
        responses: {
            /** @description A new pair: every older token is dead. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Passwords.reset": {
        parameters: {
            query?: never;
            header?: {
                /** @description `device_token` of an earlier sign-in from this device: failures of others do not lock it out. */
                "X-Device-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        responses: {
            /** @description For known and unknown addresses alike. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
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
                /**
                 * @example {
                 *       "token": "token-of-the-link",
                 *       "new_password": "quiet-otter-sings-7-tall-bridges"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordResetConfirmRequest"];
            };
        };
        responses: {
            /** @description The password is set and every session has ended: sign in. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid"];
            403: components["responses"]["Forbidden.limited.link_used"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Auth.profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ProfileRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "refresh_token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.refresh_token_invalid"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
        };
    };
    "Auth.register": {
        parameters: {
            query?: never;
            header?: {
                /** @description `device_token` of an earlier sign-in from this device: failures of others do not lock it out. */
                "X-Device-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "tall-otter-paints-9-quiet-bridges",
                 *       "full_name": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
            /** @description With e-mail verification, for known and unknown addresses alike. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.email_taken"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.account_guesses_exceeded.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.sign_ins_closed"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Sessions.end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended, and its tokens are dead. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "SecondFactor.stepUp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "password": "tall-otter-paints-9-quiet-bridges",
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["StepUpRequest"];
            };
        };
        responses: {
            /** @description A token of the same session with a fresh auth_time. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepUpResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.credentials_invalid.mfa_code_invalid.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.account_guesses_exceeded.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidateResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Chat.send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "message": "How do I get a picture?"
                 *     }
                 */
                "application/json": components["schemas"]["SendChatRequest"];
            };
        };
        responses: {
            /** @description The answer, or the canned one where no model answered. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatResponse"];
                    "text/event-stream": components["schemas"]["ChatStartEvent"] | components["schemas"]["ChatStepEvent"] | components["schemas"]["ChatBlockEvent"] | components["schemas"]["ChatDeltaEvent"] | components["schemas"]["ChatSourceEvent"] | components["schemas"]["ChatErrorEvent"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            402: components["responses"]["PaymentRequired.limited.credits_insufficient.key_credits_exceeded"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.origin_refused.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.agent_settled.conversation_busy.conversation_full.conversations_exceeded.file_quarantined.nothing_to_repeat"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.agent_unknown.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Chat.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The AI SDK's UI message stream: the schema is that of one event. The last one is `[DONE]`; lines that begin with a colon keep the connection alive. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ChatStartEvent"] | components["schemas"]["ChatStepEvent"] | components["schemas"]["ChatBlockEvent"] | components["schemas"]["ChatDeltaEvent"] | components["schemas"]["ChatSourceEvent"] | components["schemas"]["ChatErrorEvent"];
                };
            };
            /** @description Nothing is being answered there. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.list": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description Only those with a message that has all of these words. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.get": {
        parameters: {
            query?: {
                /** @description `before` of the page before: only messages before this one. */
                before?: number;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDetail"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted with its messages. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.rename": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Pictures"
                 *     }
                 */
                "application/json": components["schemas"]["RenameConversationRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.rate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
                /** @description Of an answer there. */
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "feedback": "up"
                 *     }
                 */
                "application/json": components["schemas"]["RateAnswerRequest"];
            };
        };
        responses: {
            /** @description Kept with the answer. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It ends within a second; or nothing was being answered there. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Conversations.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a conversation of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The AI SDK's UI message stream: the schema is that of one event. The last one is `[DONE]`; lines that begin with a colon keep the connection alive. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ChatStartEvent"] | components["schemas"]["ChatStepEvent"] | components["schemas"]["ChatBlockEvent"] | components["schemas"]["ChatDeltaEvent"] | components["schemas"]["ChatSourceEvent"] | components["schemas"]["ChatErrorEvent"];
                };
            };
            /** @description Nothing is being answered there. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditStatsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "CspReport.report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/csp-report": {
                    [key: string]: unknown;
                } | unknown[];
                /** @example {} */
                "application/json": {
                    [key: string]: unknown;
                } | unknown[];
                "application/reports+json": {
                    [key: string]: unknown;
                } | unknown[];
            };
        };
        responses: {
            /** @description Received, whatever its content. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "model_id": "velro/canvas",
                 *       "prompt": "a lighthouse over a violet sea"
                 *     }
                 */
                "application/json": components["schemas"]["CreateGenerationRequest"];
                "multipart/form-data": components["schemas"]["CreateGenerationForm"];
            };
        };
        responses: {
            /** @description Accepted and paid for; Location names it. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.idempotency_key_invalid.json_invalid.json_too_complex.multipart_invalid"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            402: components["responses"]["PaymentRequired.limited.credits_insufficient.key_credits_exceeded"];
            403: components["responses"]["Forbidden.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing.uploads_disabled"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.idempotency_key_running"];
            410: components["responses"]["Gone.limited.idempotency_effect_deleted"];
            411: components["responses"]["LengthRequired.limited.length_required"];
            413: components["responses"]["PayloadTooLarge.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.idempotency_key_reused.model_unknown.project_unknown.reference_refused.reference_too_large.reference_unreachable.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.references_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.ai_disabled.budget_exceeded"];
        };
    };
    "Generations.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Generations.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generation and its objects are gone; running ones are refused with 409. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.generation_running"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Generations.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled, or asked back from the provider: the stream tells how it ends. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.generation_finished"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Generations.watch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event received: what came before it is not sent again. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events `status`, `progress`, `completed`, `failed`, `cancelled`; each carries the generation. Ends with the generation or with the token; Last-Event-ID resumes it. The schema is that of one event; lines that begin with a colon keep the connection alive. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["GenerationStatusEvent"] | components["schemas"]["GenerationProgressEvent"] | components["schemas"]["GenerationCompletedEvent"] | components["schemas"]["GenerationFailedEvent"] | components["schemas"]["GenerationCancelledEvent"];
                };
            };
            /** @description The last event was received already: do not reconnect. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Generations.favorite": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["FavoriteRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty before the generation is completed. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaUrlsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A new generation of the same order. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.idempotency_key_invalid.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            402: components["responses"]["PaymentRequired.limited.credits_insufficient.key_credits_exceeded"];
            403: components["responses"]["Forbidden.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.generation_not_repeatable.idempotency_key_running"];
            410: components["responses"]["Gone.limited.idempotency_effect_deleted"];
            413: components["responses"]["PayloadTooLarge.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.idempotency_key_reused.model_unknown.project_unknown.reference_gone.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited.ai_disabled.budget_exceeded"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationStatsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /**
             * @description Something that each request needs is not available.
             *
             *     Service Unavailable: `unavailable`.
             */
            503: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Should-Retry": components["headers"]["X-Should-Retry"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Models.list": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the answer that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What can be asked for here. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsResponse"];
                };
            };
            /** @description The client has the present answer. */
            304: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Models.get": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the answer that the client has. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Its slashes encoded or not. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ids have slashes, encoded or not. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDetailsResponse"];
                };
            };
            /** @description The client has the present answer. */
            304: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "OpenAi.complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "model": "gemini-2.5-flash-lite",
                 *       "messages": [
                 *         {
                 *           "role": "user",
                 *           "content": "What is a credit?"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ChatCompletionRequest"];
            };
        };
        responses: {
            /** @description The answer; with `stream` as events, closed by `[DONE]`. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletionResponse"];
                    "text/event-stream": components["schemas"]["ChatCompletionChunk"];
                };
            };
            400: components["responses"]["BadRequest.openai.limited.json_invalid.json_too_complex.validation_failed"];
            401: components["responses"]["Unauthorized.openai.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.openai.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing"];
            404: components["responses"]["NotFound.openai.limited.model_unknown"];
            408: components["responses"]["RequestTimeout.openai.limited"];
            413: components["responses"]["PayloadTooLarge.openai.limited"];
            414: components["responses"]["URITooLong.openai.limited"];
            415: components["responses"]["UnsupportedMediaType.openai.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.openai.limited"];
            429: components["responses"]["TooManyRequests.openai.limited.budget_exceeded.busy.credits_insufficient.key_credits_exceeded.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.openai.limited"];
            500: components["responses"]["InternalServerError.openai.limited"];
            502: components["responses"]["BadGateway.openai.limited.language_model_failed"];
            503: components["responses"]["ServiceUnavailable.openai.limited.ai_disabled.language_model_unavailable"];
            504: components["responses"]["GatewayTimeout.openai.limited.language_model_timeout"];
        };
    };
    "Images.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key is one picture, for a day. */
                "Idempotency-Key"?: string;
                /** @description Set by the clients of OpenAI: how often they have sent this call before. */
                "X-Stainless-Retry-Count"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "prompt": "A red circle on white"
                 *     }
                 */
                "application/json": components["schemas"]["CreateImageRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImagesResponse"];
                };
            };
            400: components["responses"]["BadRequest.openai.limited.content_refused.idempotency_key_invalid.json_invalid.json_too_complex.reference_refused.validation_failed"];
            401: components["responses"]["Unauthorized.openai.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.openai.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing"];
            404: components["responses"]["NotFound.openai.limited.model_unknown.not_found"];
            408: components["responses"]["RequestTimeout.openai.limited"];
            409: components["responses"]["Conflict.openai.limited.idempotency_key_running"];
            410: components["responses"]["Gone.openai.limited.idempotency_effect_deleted"];
            413: components["responses"]["PayloadTooLarge.openai.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.openai.limited"];
            415: components["responses"]["UnsupportedMediaType.openai.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.openai.limited"];
            422: components["responses"]["UnprocessableEntity.openai.limited.file_infected.file_name_refused.file_refused.file_type_refused.idempotency_key_reused.project_unknown.reference_too_large.reference_unreachable"];
            424: components["responses"]["FailedDependency.openai.limited.generation_failed"];
            425: components["responses"]["TooEarly.openai.limited.generation_pending"];
            429: components["responses"]["TooManyRequests.openai.limited.budget_exceeded.busy.credits_insufficient.key_credits_exceeded.rate_limit_exceeded.references_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.openai.limited"];
            500: components["responses"]["InternalServerError.openai.limited"];
            503: components["responses"]["ServiceUnavailable.openai.limited.ai_disabled"];
        };
    };
    "OpenAi.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModelList"];
                };
            };
            400: components["responses"]["BadRequest.openai.limited"];
            401: components["responses"]["Unauthorized.openai.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.openai.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.openai.limited"];
            413: components["responses"]["PayloadTooLarge.openai.limited"];
            414: components["responses"]["URITooLong.openai.limited"];
            415: components["responses"]["UnsupportedMediaType.openai.limited"];
            417: components["responses"]["ExpectationFailed.openai.limited"];
            429: components["responses"]["TooManyRequests.openai.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.openai.limited"];
            500: components["responses"]["InternalServerError.openai.limited"];
            503: components["responses"]["ServiceUnavailable.openai.limited"];
        };
    };
    "OpenAi.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its slashes encoded or not. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModel"];
                };
            };
            400: components["responses"]["BadRequest.openai.limited"];
            401: components["responses"]["Unauthorized.openai.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.openai.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.openai.limited.model_unknown"];
            408: components["responses"]["RequestTimeout.openai.limited"];
            413: components["responses"]["PayloadTooLarge.openai.limited"];
            414: components["responses"]["URITooLong.openai.limited"];
            415: components["responses"]["UnsupportedMediaType.openai.limited"];
            417: components["responses"]["ExpectationFailed.openai.limited"];
            429: components["responses"]["TooManyRequests.openai.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.openai.limited"];
            500: components["responses"]["InternalServerError.openai.limited"];
            503: components["responses"]["ServiceUnavailable.openai.limited"];
        };
    };
    "OpenAi.respond": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "model": "gemini-2.5-flash-lite",
                 *       "input": "What is a credit?"
                 *     }
                 */
                "application/json": components["schemas"]["CreateResponseRequest"];
            };
        };
        responses: {
            /** @description The answer; with `stream` as events, of which the last is `response.completed` or `response.incomplete`. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiResponse"];
                    "text/event-stream": components["schemas"]["ResponseEvent"];
                };
            };
            400: components["responses"]["BadRequest.openai.limited.json_invalid.json_too_complex.validation_failed"];
            401: components["responses"]["Unauthorized.openai.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.openai.limited.consent_missing.forbidden.mfa_enrolment_required.model_not_allowed.scope_missing"];
            404: components["responses"]["NotFound.openai.limited.model_unknown"];
            408: components["responses"]["RequestTimeout.openai.limited"];
            413: components["responses"]["PayloadTooLarge.openai.limited"];
            414: components["responses"]["URITooLong.openai.limited"];
            415: components["responses"]["UnsupportedMediaType.openai.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.openai.limited"];
            429: components["responses"]["TooManyRequests.openai.limited.budget_exceeded.busy.credits_insufficient.key_credits_exceeded.rate_limit_exceeded.streams_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.openai.limited"];
            500: components["responses"]["InternalServerError.openai.limited"];
            502: components["responses"]["BadGateway.openai.limited.language_model_failed"];
            503: components["responses"]["ServiceUnavailable.openai.limited.ai_disabled.language_model_unavailable"];
            504: components["responses"]["GatewayTimeout.openai.limited.language_model_timeout"];
        };
    };
    "Consents.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Consents.change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "consents": [
                 *         {
                 *           "purpose": "external_ai",
                 *           "given": true,
                 *           "version": "2026-11-28"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ChangeConsentsRequest"];
            };
        };
        responses: {
            /** @description As it stands now. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.consent_outdated.consents_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccountDeletion.find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeletionResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccountDeletion.request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A mail says so too. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeletionResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.last_administrator"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AccountDeletion.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is deleted. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Consents.findObjection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoNotSellResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Consents.object": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "do_not_sell": true
                 *     }
                 */
                "application/json": components["schemas"]["DoNotSellRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoNotSellResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.consents_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "DataExport.request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is made in the background; a mail says when it is ready. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExportResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.data_exports_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "DataExport.find": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExportResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.step_up_required.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "PrivacyPolicy.find": {
        parameters: {
            query?: {
                /** @description An earlier version; without it the present one. */
                version?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrivacyPolicyResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectsPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "name": "harbour at night"
                 *     }
                 */
                "application/json": components["schemas"]["CreateProjectRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.projects_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Projects.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your own, or what a public one of somebody else shows. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"] | components["schemas"]["PublicProjectResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Projects.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "harbour at night"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeProjectRequest"];
            };
        };
        responses: {
            /** @description As it stands now; what is left out stays. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Projects.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project is gone; what was made in it stays, and is in no project. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilesPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Files.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Files.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file and its object are gone; what a running generation uses is refused with 409. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.generation_running"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Files.sign": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["SignFileRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedFileResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.file_quarantined"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageStatsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Uploads.upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadFileForm"];
            };
        };
        responses: {
            /** @description Stored; Location names it. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex.multipart_invalid"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing.uploads_disabled"];
            408: components["responses"]["RequestTimeout.limited"];
            411: components["responses"]["LengthRequired.limited.length_required"];
            413: components["responses"]["PayloadTooLarge.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.uploads_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Resumable.create": {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol. */
                "Tus-Resumable": "1.0.0";
                /** @description Bytes of the file: at least 1, at most MAX_FILE_SIZE. */
                "Upload-Length": string;
                /** @description Pairs of a key and its value in Base64 of UTF-8, separated by commas: `filename` and `filetype`, without which no type is allowed. Other keys are passed over; none may stand twice. */
                "Upload-Metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Begun; Location names it. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Resumable": components["headers"]["Tus-Resumable"];
                    "Upload-Expires": components["headers"]["Upload-Expires"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing.uploads_disabled"];
            408: components["responses"]["RequestTimeout.limited"];
            /**
             * @description Of another version nothing is read.
             *
             *     Precondition Failed: `tus_version_unsupported`.
             */
            412: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Version": components["headers"]["Tus-Version"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.uploads_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Resumable.remove": {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol. */
                "Tus-Resumable": "1.0.0";
            };
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Given up: its parts and what it held of the quota are gone. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Resumable": components["headers"]["Tus-Resumable"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            /**
             * @description Of another version nothing is read.
             *
             *     Precondition Failed: `tus_version_unsupported`.
             */
            412: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Version": components["headers"]["Tus-Version"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Resumable.offset": {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol. */
                "Tus-Resumable": "1.0.0";
            };
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it stands. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Resumable": components["headers"]["Tus-Resumable"];
                    "Upload-Expires": components["headers"]["Upload-Expires"];
                    "Upload-Length": components["headers"]["Upload-Length"];
                    "Upload-Offset": components["headers"]["Upload-Offset"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            /**
             * @description Of another version nothing is read.
             *
             *     Precondition Failed: `tus_version_unsupported`.
             */
            412: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Version": components["headers"]["Tus-Version"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Resumable.append": {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol. */
                "Tus-Resumable": "1.0.0";
                /** @description Where the bytes go on: what the last answer, or `HEAD`, says. */
                "Upload-Offset": string;
            };
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        /** @description The bytes, as many of them as can be sent in the time of one request. */
        requestBody: {
            content: {
                "application/offset+octet-stream": Blob;
            };
        };
        responses: {
            /** @description Kept; at the length of the upload the file is stored, and has its id. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Resumable": components["headers"]["Tus-Resumable"];
                    "Upload-Offset": components["headers"]["Upload-Offset"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.upload_fragmented.upload_offset_conflict"];
            410: components["responses"]["Gone.limited.object_gone"];
            /**
             * @description Of another version nothing is read.
             *
             *     Precondition Failed: `tus_version_unsupported`.
             */
            412: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Tus-Version": components["headers"]["Tus-Version"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge.limited.storage_quota_exceeded"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.file_infected.file_name_refused.file_refused.file_type_refused.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded.uploads_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Usage.own": {
        parameters: {
            query?: {
                /** @description By what it is summed; `day` when left out. */
                by?: "day" | "model" | "key";
                /** @description The first day in UTC; without it 30 days are shown. */
                from?: string;
                /** @description The last day in UTC; today when left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Visitors.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "agent_id": "0193c1f0-7d1e-7cc0-9b57-2f7de54aa002"
                 *     }
                 */
                "application/json": components["schemas"]["CreateVisitorRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitorResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.origin_refused.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.agent_unknown.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Visitors.claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "visitor_token": "visitor_eyJ2aXNpdG9ySWQiOiIuLi4ifQ.c2lnbmF0dXJl"
                 *     }
                 */
                "application/json": components["schemas"]["ClaimVisitorRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedVisitorResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.address_unproven.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.conversations_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed.visitor_token_invalid"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointsResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://hooks.example.com/velro",
                 *       "description": "order system",
                 *       "event_types": [
                 *         "generation.completed",
                 *         "generation.failed"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description The only answer that shows the secret. */
            201: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownWebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.address_unproven.forbidden.mfa_enrolment_required.scope_missing"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoints_exceeded"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is sent to it any more; its deliveries are deleted. */
            204: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.listDeliveries": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveriesPage"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                delivery_id: string;
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.enable": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.redeliverSince": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-27T20:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["RedeliverWebhooksRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_busy.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A new secret. For a day webhooks are signed by the one before it as well. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownWebhookEndpointResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "WebhookEndpoints.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is sent at once; look at the deliveries. */
            202: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex"];
            401: components["responses"]["Unauthorized.limited.token_invalid.token_missing"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required.scope_missing"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.webhook_endpoint_busy.webhook_endpoint_disabled"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.concurrency_exceeded.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Gateway.receive": {
        parameters: {
            query?: never;
            header: {
                /** @description `sha256=` and, in hex, the HMAC-SHA-256 under WEBHOOK_GATEWAY_SECRET of the timestamp, a point and the raw body. */
                "X-Agent-Signature": string;
                /** @description Seconds since the epoch; at most five minutes off. */
                "X-Agent-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "id": "evt_01JDPQ",
                 *       "type": "credits.granted",
                 *       "data": {
                 *         "user_id": "0193c1f0-7d1e-7cc0-9b57-2f7de54aa001",
                 *         "credits": 500,
                 *         "reason": "order 1042"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreditsGrantedMessage"] | components["schemas"]["AgentQuestionMessage"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayReceipt"];
                };
            };
            400: components["responses"]["BadRequest.json_invalid.json_too_complex.signature_missing"];
            401: components["responses"]["Unauthorized.token_invalid"];
            402: components["responses"]["PaymentRequired.credits_insufficient.key_credits_exceeded"];
            403: components["responses"]["Forbidden.forbidden.origin_refused.signature_invalid"];
            404: components["responses"]["NotFound.not_found"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict.agent_settled.balance_exceeded.conversation_busy.conversation_full.conversations_exceeded.file_quarantined.nothing_to_repeat"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["UnprocessableEntity.agent_unknown.validation_failed"];
            429: components["responses"]["TooManyRequests.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    "Callbacks.receive": {
        parameters: {
            query: {
                /** @description Whose callback this is. */
                job: string;
                /** @description That this service gave out the link. */
                proof: string;
            };
            header: {
                /** @description Id of the request at fal. */
                "X-Fal-Webhook-Request-Id": string;
                /** @description Ed25519 over id, account, time and the hash of the body, in hex. */
                "X-Fal-Webhook-Signature": string;
                /** @description Seconds since the epoch. */
                "X-Fal-Webhook-Timestamp": string;
                /** @description Id of the account at fal. */
                "X-Fal-Webhook-User-Id": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Received, for the first time or again. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallbackReceivedResponse"];
                };
            };
            400: components["responses"]["BadRequest.json_invalid.json_too_complex.signature_missing"];
            403: components["responses"]["Forbidden.signature_invalid"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
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
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /**
             * @description Something that each request needs is not available.
             *
             *     Service Unavailable: `unavailable`.
             */
            503: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Should-Retry": components["headers"]["X-Should-Retry"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                    "application/problem+json": components["schemas"]["Problem"];
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
            /** @description The text format of Prometheus, version 0.0.4, or OpenMetrics 1.0.0 where Accept prefers it. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/openmetrics-text": string;
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            /** @description METRICS_ENABLED is false. */
            404: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AiOperations.ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiPingResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "AiOperations.status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiStatusResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                /**
                 * @example {
                 *       "enabled": true
                 *     }
                 */
                "application/json": components["schemas"]["ToggleAiRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToggleAiResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited.json_invalid.json_too_complex.switch_invalid"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            408: components["responses"]["RequestTimeout.limited"];
            409: components["responses"]["Conflict.limited.ai_disabled_by_configuration"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
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
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelemetryResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "KeyWatch.read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyReportResponse"];
                };
            };
            400: components["responses"]["BadRequest.limited"];
            401: components["responses"]["Unauthorized.limited.operator_credentials_invalid"];
            403: components["responses"]["Forbidden.limited.forbidden.mfa_enrolment_required"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "PolicyPage.page": {
        parameters: {
            query?: {
                /** @description An earlier version; without it the present one. */
                version?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            422: components["responses"]["UnprocessableEntity.limited.validation_failed"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "PolicyPage.style": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
    "Messenger.verify": {
        parameters: {
            query: {
                /** @description Digits, which are sent back. */
                "hub.challenge": string;
                /** @description What Meta wants. */
                "hub.mode": "subscribe";
                /** @description FACEBOOK_VERIFY_TOKEN. */
                "hub.verify_token": string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The challenge. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden.signature_invalid"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    "Messenger.receive": {
        parameters: {
            query?: never;
            header: {
                /** @description `sha256=` and, in hex, the HMAC-SHA-256 under FACEBOOK_APP_SECRET of the raw body. */
                "X-Hub-Signature-256": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessengerReceipt"];
                };
            };
            400: components["responses"]["BadRequest.json_invalid.json_too_complex.signature_missing"];
            403: components["responses"]["Forbidden.signature_invalid"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    "DataDeletion.receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    signed_request: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionReceipt"];
                };
            };
            400: components["responses"]["BadRequest.json_invalid.json_too_complex.signature_missing"];
            403: components["responses"]["Forbidden.signature_invalid"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            414: components["responses"]["URITooLong"];
            415: components["responses"]["UnsupportedMediaType.content_type_unsupported"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    "DataDeletion.read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a resource of yours. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In words. */
            200: {
                headers: {
                    "Access-Control-Allow-Origin": components["headers"]["Access-Control-Allow-Origin"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest.limited"];
            403: components["responses"]["Forbidden.limited"];
            404: components["responses"]["NotFound.limited.not_found"];
            408: components["responses"]["RequestTimeout.limited"];
            413: components["responses"]["PayloadTooLarge.limited"];
            414: components["responses"]["URITooLong.limited"];
            415: components["responses"]["UnsupportedMediaType.limited"];
            417: components["responses"]["ExpectationFailed.limited"];
            429: components["responses"]["TooManyRequests.limited.busy.rate_limit_exceeded"];
            431: components["responses"]["RequestHeaderFieldsTooLarge.limited"];
            500: components["responses"]["InternalServerError.limited"];
            503: components["responses"]["ServiceUnavailable.limited"];
        };
    };
}
