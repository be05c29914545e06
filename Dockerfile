# The packages are pinned by package-lock.json. The tag moves within Node 24, so that a rebuild takes the security fixes
# of Node and Debian.
FROM node:24-slim AS base
WORKDIR /app
ENV NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false NPM_CONFIG_UPDATE_NOTIFIER=false

FROM base AS build
COPY package.json package-lock.json ./
# The strict form: the packages of the lock file, which names the optional binaries of every platform, or none.
RUN npm ci
COPY .swcrc ./
COPY tools/build.ts tools/bundle.ts tools/scalar.ts ./tools/
COPY config ./config
COPY src ./src
RUN npm run build

FROM base AS packages
COPY package.json package-lock.json ./
# The compiler comes along as the optional peer of a package, and pages of Swagger UI with the API description; nothing of ours loads them.
RUN npm ci --omit=dev && rm -rf node_modules/typescript node_modules/@typescript node_modules/swagger-ui-dist node_modules/@scarf

FROM node:24-slim AS service
ENV NODE_ENV=production
# What the build has compiled; the service cannot write there.
ENV NODE_COMPILE_CACHE=/app/dist/compiled
# glibc keeps a heap of its own for each thread, up to eight for each core, and gives little of them back.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
# All of it belongs to root and the service runs as somebody else: it cannot change its own code, and writes nothing.
COPY package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Migrations, and the certificate of the database's CA where one is needed (docs/deployment.md).
COPY supabase ./supabase
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((answer) => { process.exitCode = answer.ok ? 0 : 1; }, () => { process.exitCode = 1; })"]
# No shell and no npm in between: the stop signal reaches the service itself. V8 reads the size of its young generation before any code
# runs, and takes a larger one of its own. What the service holds with this: the soak of docs/performance.md.
CMD ["node", "--max-semi-space-size=8", "dist/service/main.js"]
