// CommonJS packages that require these ES modules (the throttler) need them evaluated first.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
