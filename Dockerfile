# Node 24 gets security fixes until April 2028. The tests run Sluice as this file starts it: as nobody special, with the
# program read-only; the image itself they cannot build (docs/deploy.md tells what was done by hand).
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json ./
COPY scripts scripts
COPY schema schema
COPY tracker tracker
COPY banner banner
COPY dashboard dashboard
COPY sms sms
COPY server server
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
# `docker exec … sluice site add example.com`
RUN printf '#!/bin/sh\nexec node /app/dist/sluice/main.js "$@"\n' > /usr/local/bin/sluice \
  && chmod 755 /usr/local/bin/sluice \
  && install -d -o node -g node -m 700 /data /backups
# Owned by root: Sluice can read its own program and change nothing of it.
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 SLUICE_DATA=/data
USER node
VOLUME /data
EXPOSE 8000
# 503 until the database answers, later only when events cannot be kept.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/sluice/main.js"]
CMD ["start"]
