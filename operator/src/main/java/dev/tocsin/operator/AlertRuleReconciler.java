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
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
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
import org.jspecify.annotations.Nullable;

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
    private volatile @Nullable IndexedResourceCache<AlertRule> cache;

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
        cache = context.getPrimaryCache();
        return List.of();
    }

    /** The keys of all AlertRules in the informer's cache; to be asked once the operator has started. */
    public Set<ObjectKey> keys() {
        return Objects.requireNonNull(cache)
                .list()
                .map(rule -> new ObjectKey(
                        rule.getMetadata().getNamespace(), rule.getMetadata().getName()))
                .collect(Collectors.toSet());
    }

    @Override
    public UpdateControl<AlertRule> reconcile(AlertRule rule, Context<AlertRule> context) {
        ObjectKey key = new ObjectKey(
                rule.getMetadata().getNamespace(), rule.getMetadata().getName());
        if (context.isPrimaryResourceDeleted() || rule.getMetadata().getDeletionTimestamp() != null) {
            loop.deleted(key);
            return UpdateControl.noUpdate();
        }
        Compilation compilation = Objects.requireNonNull(compileTime.record(() -> compiler.compile(
                key, rule.getMetadata().getUid(), rule.getMetadata().getGeneration(), rule.getSpec())));
        loop.changed(rule, compilation);
        return UpdateControl.noUpdate();
    }
}
