// A typical Nest application on Fastify: passport-jwt with the secret as a KeyObject, helmet, no rate limiter.
// Node's type stripping does not support decorators, so they are called as functions.
import 'reflect-metadata';
import { createSecretKey } from 'node:crypto';
import helmet from '@fastify/helmet';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';

type Claims = Readonly<Record<string, unknown>>;

const key = createSecretKey(Buffer.from(process.env['JWT_SECRET'] ?? ''));

class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (
        _request: unknown,
        _token: string,
        done: (error: unknown, key?: never) => void,
      ) => {
        // jsonwebtoken takes a KeyObject; the types of passport-jwt do not say so.
        done(null, key as never);
      },
      algorithms: ['HS512'],
      issuer: 'velro',
      audience: 'velro-api',
    });
  }

  validate(claims: Claims): Claims {
    return claims;
  }
}

class SessionController {
  session(request: { readonly user: Claims }): Claims {
    const { sub, sid, jti, role, auth_time, iat, exp } = request.user;
    return { sub, sid, jti, role, auth_time, iat, exp };
  }
}
const descriptor = Object.getOwnPropertyDescriptor(SessionController.prototype, 'session') ?? {};
Get('session')(SessionController.prototype, 'session', descriptor);
UseGuards(AuthGuard('jwt'))(SessionController.prototype, 'session', descriptor);
Req()(SessionController.prototype, 'session', 0);
Controller('api/v1/auth')(SessionController);

class StockModule {}
Module({
  imports: [PassportModule],
  controllers: [SessionController],
  providers: [{ provide: JwtStrategy, useFactory: () => new JwtStrategy() }],
})(StockModule);

const app = await NestFactory.create<NestFastifyApplication>(StockModule, new FastifyAdapter(), {
  logger: false,
});
await app.register(helmet);
await app.listen(0, '127.0.0.1');
process.stdout.write(`{"url":"${await app.getUrl()}"}\n`);
process.once('SIGTERM', () => void app.close());
