package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compiles an AlertRule that has changed and hands it to the rule loop. It writes nothing: status is written by its one
 * writer (JOSDK 5.3 loses a spec edit that lands just before its own status patch, docs/design).
 *
 * <p>It is told of deletions without a finalizer, so that no rule is ever held back from being deleted.
 */
@ControllerConfiguration(
        name = "alertrule",
        triggerReconcilerOnAllEvents = true,
        informer =
                @Informer(
                        comparableResourceVersions = false,
                        informerListLimit = 500,
                        onUpdateFilter = AlertRuleReconciler.SpecOrDeletion.class))
public final class AlertRuleReconciler implements Reconciler<AlertRule> {
    /** A write of the status is no news here, and there are more of those than of anything else. */
    public static final class SpecOrDeletion implements OnUpdateFilter<AlertRule> {
        @Override
        public boolean accept(AlertRule now, AlertRule before) {
            ObjectMeta is = now.getMetadata();
            ObjectMeta was = before.getMetadata();
            return !Objects.equals(is.getGeneration(), was.getGeneration())
                    || !Objects.equals(is.getUid(), was.getUid())
                    || !Objects.equals(is.getDeletionTimestamp(), was.getDeletionTimestamp());
        }
    }

    private final RuleCompiler compiler;
    private final RuleLoop loop;
    private final Timer compileTime;
    private final PrimaryObjects<AlertRule> rules = new PrimaryObjects<>(this::there, this::gone);

    public AlertRuleReconciler(RuleCompiler compiler, RuleLoop loop, MeterRegistry metrics) {
        this.compiler = compiler;
        this.loop = loop;
        this.compileTime = Timer.builder("tocsin.compile")
                .description("Time to compile one AlertRule")
                .publishPercentileHistogram()
                .register(metrics);
    }

    @Override
    public List<EventSource<?, AlertRule>> prepareEventSources(EventSourceContext<AlertRule> context) {
        rules.readFrom(context.getPrimaryCache());
        return List.of();
    }

    /** The keys of all AlertRules in the informer's cache; to be asked once the operator has started. */
    public Set<ObjectKey> keys() {
        return rules.list().map(AlertRuleReconciler::key).collect(Collectors.toSet());
    }

    @Override
    public UpdateControl<AlertRule> reconcile(AlertRule rule, Context<AlertRule> context) {
        rules.reconcile(rule, context);
        return UpdateControl.noUpdate();
    }

    private void there(AlertRule rule) {
        if (rule.getMetadata().getDeletionTimestamp() != null) {
            gone(rule);
            return;
        }
        Compilation compilation = Objects.requireNonNull(compileTime.record(() -> compiler.compile(
                key(rule), rule.getMetadata().getUid(), rule.getMetadata().getGeneration(), rule.getSpec())));
        loop.changed(rule, compilation);
    }

    private void gone(AlertRule rule) {
        loop.deleted(key(rule));
    }

    private static ObjectKey key(AlertRule rule) {
        return new ObjectKey(
                rule.getMetadata().getNamespace(), rule.getMetadata().getName());
    }
}
