/**
 * Rules and delivery of other systems in, AlertRules, ContactPoints and NotificationPolicies out, with an account of
 * everything that could not be carried over. Pure: texts in, objects out. One reader per kind of document ({@link
 * dev.tocsin.importing.DocumentKind}), one place that gathers ({@link dev.tocsin.importing.Harvest}), one report
 * ({@link dev.tocsin.importing.Report}), one writer ({@link dev.tocsin.importing.Manifests}).
 */
@NullMarked
package dev.tocsin.importing;

import org.jspecify.annotations.NullMarked;
