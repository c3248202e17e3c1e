package dev.tocsin.command;

import dev.tocsin.ingest.AlertIntake;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Takes alerts that others push, until it is told to stop. */
@Command(
        name = "ingest",
        description = {
            "Takes alerts that any Prometheus, Grafana, Mimir or vmalert pushes, as an Alertmanager does, takes labels away"
                    + " that begin with tocsin_, and hands them on to every member of Alertmanager."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class IngestCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(IngestCommand.class);

    /** Members come and go with their addresses. */
    private static final String ADDRESS_SECONDS = "5";

    @Option(
            names = "--alertmanager",
            required = true,
            paramLabel = "HOST:PORT",
            converter = MembersConverter.class,
            description = "Members of Alertmanager: all of the addresses that the name has. May be repeated.")
    private List<AlertIntake.Members> alertmanagers = new ArrayList<>();

    @Option(
            names = "--port",
            defaultValue = "9093",
            paramLabel = "PORT",
            description = "Port on which alerts are taken, at /api/v2/alerts. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--web-port",
            defaultValue = "8080",
            paramLabel = "PORT",
            description = "Port of /metrics, /healthz and /readyz. Default: ${DEFAULT-VALUE}.")
    private int webPort;

    /** Reads host:port. */
    static final class MembersConverter implements ITypeConverter<AlertIntake.Members> {
        @Override
        public AlertIntake.Members convert(String value) {
            try {
                return AlertIntake.Members.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Security.setProperty("networkaddress.cache.ttl", ADDRESS_SECONDS);
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        CountDownLatch stop = new CountDownLatch(1);
        try (AlertIntake intake = new AlertIntake(port, alertmanagers, metrics);
                WebEndpoint web = new WebEndpoint(webPort, metrics, intake::isReady)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stop::countDown));
            LOG.info(
                    "alerts are taken on port {}, /metrics, /healthz and /readyz on port {}",
                    intake.port(),
                    web.port());
            stop.await();
        }
        return 0;
    }
}
