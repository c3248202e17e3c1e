package dev.tocsin.check;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes an outcome as JUnit XML: a suite per file, a test case per object and unit test; errors are failures. */
public final class JunitReport {
    private JunitReport() {}

    public static String write(Outcome outcome) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (Map.Entry<String, Set<String>> suite : suites(outcome).entrySet()) {
                writeSuite(xml, suite.getKey(), suite.getValue(), outcome);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a text cannot fail to be written", e);
        }
        return text + "\n";
    }

    /** Names of the cases by file: what was looked at, and what else findings are about. */
    private static Map<String, Set<String>> suites(Outcome outcome) {
        Map<String, Set<String>> suites = new LinkedHashMap<>();
        outcome.subjects()
                .forEach(subject -> suites.computeIfAbsent(subject.source(), file -> new LinkedHashSet<>())
                        .add(subject.name()));
        outcome.findings()
                .forEach(finding -> suites.computeIfAbsent(finding.source(), file -> new LinkedHashSet<>())
                        .add(finding.subject()));
        return suites;
    }

    private static void writeSuite(XMLStreamWriter xml, String file, Set<String> cases, Outcome outcome)
            throws XMLStreamException {
        Map<String, List<Finding>> errors = outcome.findings().stream()
                .filter(finding -> finding.source().equals(file))
                .filter(finding -> finding.severity() == Finding.Severity.error)
                .collect(Collectors.groupingBy(Finding::subject));
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", valid(file));
        xml.writeAttribute("tests", Integer.toString(cases.size()));
        xml.writeAttribute("failures", Integer.toString(errors.size()));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", "0");
        for (String name : cases) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", valid(file));
            xml.writeAttribute("name", name.isEmpty() ? "the file" : valid(name));
            xml.writeAttribute("time", "0");
            List<Finding> failures = errors.getOrDefault(name, List.of());
            if (!failures.isEmpty()) {
                xml.writeStartElement("failure");
                xml.writeAttribute("message", valid(summary(failures)));
                xml.writeCharacters(
                        valid(failures.stream().map(JunitReport::sentence).collect(Collectors.joining("\n"))));
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static String summary(List<Finding> failures) {
        return sentence(failures.getFirst()).lines().findFirst().orElse("")
                + (failures.size() > 1 ? " (and " + (failures.size() - 1) + " more)" : "");
    }

    private static String sentence(Finding finding) {
        String where = finding.line() == 0 ? "" : "line " + finding.line() + ": ";
        return where + (finding.field().isEmpty() ? "" : finding.field() + ": ") + finding.message();
    }

    /** Without the characters that XML cannot hold. */
    private static String valid(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]", "\uFFFD");
    }
}
