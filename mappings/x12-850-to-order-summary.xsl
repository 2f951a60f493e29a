<?xml version="1.0" encoding="UTF-8"?>
<!-- An X12 850 as a summary for the buyer's portal: head, items with their amounts, the shops that get them. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:xd="urn:crossdock:xslt" xd:from="x12/850" xd:root="order">
  <xsl:output method="xml" indent="yes"/>
  <xsl:param name="portal" select="'default'"/>
  <xsl:param name="total" xd:value="sum_of(PO1, &amp;multiply(dec(PO102), dec(PO104)))"/>

  <xsl:template match="/order">
    <Summary portal="{$portal}" order="{BEG/BEG03}" date="{xd:format_date(xd:date(BEG/BEG05), 'DD.MM.YYYY')}">
      <Total currency="{CUR/CUR02}"><xsl:value-of select="xd:format_number($total, 2, '.', ',')"/></Total>
      <xsl:apply-templates select="SAC"/>
      <xsl:apply-templates select="PO1">
        <xsl:sort select="PO107"/>
      </xsl:apply-templates>
    </Summary>
  </xsl:template>

  <xsl:template match="SAC">
    <Condition>
      <xsl:attribute name="kind">
        <xsl:choose><xsl:when test="SAC01 = 'A'">allowance</xsl:when><xsl:otherwise>charge</xsl:otherwise></xsl:choose>
      </xsl:attribute>
      <xsl:value-of select="SAC15"/>
    </Condition>
  </xsl:template>

  <xsl:template match="PO1">
    <Item id="{PO107}" row="{position()}">
      <Text><xsl:value-of select="PID[1]/PID05"/></Text>
      <Pieces><xsl:value-of select="xd:convert('counted-units', PO102, PO103, 'EA')"/></Pieces>
      <Amount><xsl:value-of select="xd:format_number(xd:multiply(PO102, PO104), 2)"/></Amount>
      <xsl:for-each select="N1">
        <Shop id="{xd:trim(N104, '0', 'left')}"><xsl:value-of select="QTY/QTY02"/></Shop>
      </xsl:for-each>
    </Item>
  </xsl:template>
</xsl:stylesheet>
